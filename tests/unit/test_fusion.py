"""Fusion weighs two lists and never lets a fused score outrank an exact code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval import fusion
from bot.types import Chunk, Hit, Hits

LISTS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0.1, 50)), unique_by=lambda pair: pair[0])


def hits(pairs: list[tuple[str, float]]) -> tuple[Hit, ...]:
    return tuple(Hit(id_, score) for id_, score in sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def chunk(id_: str, *, defines: tuple[str, ...] = (), codes: tuple[str, ...] = ()) -> Chunk:
    return Chunk(id_, id_, "default", id_, "", id_, "", "", defines=defines, codes=codes)


def test_scores_are_scaled_within_their_list_and_weighed() -> None:
    fused = fusion.combine(hits([("a", 10), ("b", 6), ("c", 2)]), hits([("b", 0.9), ("d", 0.1)]), 0.2)

    assert {id_: round(score, 3) for id_, score in fused.items()} == {"a": 0.8, "b": 0.6, "c": 0.0, "d": 0.0}


def test_a_list_of_equals_counts_in_full() -> None:
    assert fusion.scaled(hits([("a", 3), ("b", 3)])) == {"a": 1.0, "b": 1.0}


@given(LISTS, LISTS, st.floats(0, 1))
def test_fused_scores_stay_between_zero_and_one(
    words: list[tuple[str, float]], meaning: list[tuple[str, float]], weight: float
) -> None:
    fused = fusion.combine(hits(words), hits(meaning), weight)

    assert fused.keys() == {id_ for id_, _ in words + meaning}
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@given(LISTS, st.floats(0, 1))
def test_one_list_alone_keeps_its_order(words: list[tuple[str, float]], weight: float) -> None:
    listed = hits(words)
    scores = fusion.combine(listed, (), weight)

    assert [scores[hit.id] for hit in listed] == sorted(scores.values(), reverse=True)


def test_the_page_that_defines_the_leading_code_comes_first() -> None:
    chunks = {
        "mentions": chunk("mentions", codes=("ORA-00604", "ORA-01555")),
        "second": chunk("second", defines=("ORA-01555",), codes=("ORA-01555",)),
        "first": chunk("first", defines=("ORA-00604",), codes=("ORA-00604",)),
    }
    found = Hits((), (), tuple(Hit(id_, 1) for id_ in chunks), (), {}, 4, frozenset(), lambda _: {})

    places = fusion.coded(found, ("ORA-00604", "ORA-01555"), chunks)

    assert fusion.ranked({"plain": 1.0, "mentions": 0.9}, places, {}) == ["first", "second", "mentions", "plain"]


def test_among_equal_codes_the_fused_score_decides() -> None:
    assert fusion.ranked({"a": 0.1, "b": 0.4, "c": 0.9}, {"a": 0, "b": 0}, {}) == ["b", "a", "c"]


def test_lines_that_fit_come_after_codes_and_before_the_rest() -> None:
    assert fusion.ranked({"a": 1.0, "b": 0.1, "c": 0.2}, {"c": 0}, {"b": 0.7, "d": 0.9}) == ["c", "d", "b", "a"]
