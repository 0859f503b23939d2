"""Figures of merit on cases that can be checked by hand, and properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation import scores

CASES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_hit_at_k_looks_at_the_first_k_documents_only() -> None:
    found = ["a", "b", "c"]

    assert [scores.hit_at(k, found, {"c"}) for k in (1, 2, 3)] == [0, 0, 1]


def test_reciprocal_rank_is_one_over_the_rank_of_the_first_right_document() -> None:
    assert scores.reciprocal_rank(["a", "b", "c"], {"b", "c"}) == 0.5
    assert scores.reciprocal_rank(["a"] * 10 + ["b"], {"b"}) == 0


@pytest.mark.parametrize(
    ("answer", "keys", "expected"),
    [
        ("Passwords last **90 days** [1].", [["90 days"]], True),
        ("ＶＰＮ 的地址是 `vpn.example.com`[2]", [["vpn"], ["VPN.example.com"]], True),
        ("有效期为 30 天", [["30天"]], True),
        ("有效期为30天", [["30 天", "三十天"]], True),
        ("It takes 300 days", [["30"]], False),
        ("Call support", [["port"]], False),
        ("It costs 30.5 or 30,000", [["30"]], False),
        ("It takes 30, not more", [["30"]], True),
        ("每人 16 元", [["6 元"]], False),
        ("每人 1.6元", [["6元"]], False),
        ("VPN 600 元", [["600元"]], True),
        ("Open [the portal](https://x.example/30)", [["the portal"]], True),
        ("Open [the portal](https://x.example/30)", [["30"]], False),
        ("one group only", [["one"], ["two"]], False),
        ("see [30]", [["30"]], False),
        ("anything", [["**"]], False),
    ],
)
def test_an_answer_is_right_when_every_group_has_an_alternative_in_it(
    answer: str, keys: list[list[str]], *, expected: bool
) -> None:
    assert scores.has_answer(answer, keys) is expected


def test_citation_precision_counts_each_document_once() -> None:
    assert scores.citation_precision(["a", "a", "b"], {"a"}) == 0.5
    assert scores.citation_precision([], {"a"}) is None


def test_refusals_are_scored_with_refusing_as_the_positive_class() -> None:
    result = scores.refusals([True, True, False, False], [True, False, True, False])

    assert result == scores.Refusals(0.5, 0.5, 0.5, 4)


def test_a_ratio_without_cases_is_missing_and_not_zero() -> None:
    assert scores.refusals([False], [False]) == scores.Refusals(None, None, None, 1)
    assert scores.auc([0.1, 0.2], [True, True]) is None
    assert scores.calibration_error([], []) is None
    assert scores.mean([]) is None
    assert scores.percentile([], 50) is None


def test_length_bands_hold_thirds_and_equal_lengths_stay_together() -> None:
    assert scores.length_bands([1, 2, 3, 4, 5, 6]) == [0, 0, 1, 1, 2, 2]
    assert set(scores.length_bands([7, 7, 7])) == {0}
    assert scores.length_bands([]) == []


def test_auc_counts_ties_half() -> None:
    assert scores.auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(0.875)


def test_calibration_error_is_the_weighted_gap_between_confidence_and_share_right() -> None:
    error = scores.calibration_error([0.9, 0.9, 0.2, 0.2], [True, False, False, False])

    assert error == pytest.approx(0.5 * 0.4 + 0.5 * 0.2)


def test_best_f1_does_not_part_equal_scores() -> None:
    f1, threshold = scores.best_f1([0.9, 0.9, 0.1], [True, False, True])

    assert (f1, threshold) == (pytest.approx(0.8), 0.1)


def test_percentiles_are_linear_between_ranks() -> None:
    assert scores.percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5


@given(CASES)
def test_auc_is_turned_round_by_negating_the_scores(cases: list[tuple[float, bool]]) -> None:
    values, positive = [v for v, _ in cases], [p for _, p in cases]
    area = scores.auc(values, positive)
    turned = scores.auc([-value for value in values], positive)

    assert (area is None and turned is None) or (area or 0) + (turned or 0) == pytest.approx(1)


@given(CASES)
def test_the_best_threshold_reaches_the_f1_that_is_reported(cases: list[tuple[float, bool]]) -> None:
    values, positive = [v for v, _ in cases], [p for _, p in cases]
    f1, threshold = scores.best_f1(values, positive)
    again = scores.refusals([value >= threshold for value in values], positive)

    assert (again.f1 or 0) == pytest.approx(f1)


@given(CASES)
def test_calibration_error_and_bins_cover_every_case(cases: list[tuple[float, bool]]) -> None:
    sure, right = [v for v, _ in cases], [p for _, p in cases]

    error = scores.calibration_error(sure, right)

    assert error is not None
    assert 0 <= error <= 1
    assert sum(row[2] for row in scores.reliability(sure, right)) == len(cases)


@given(st.text(max_size=80))
def test_plain_text_stays_as_it_is_when_made_plain_again(text: str) -> None:
    once = scores.plain(text)

    assert "\n" not in once
    assert once == once.strip()
