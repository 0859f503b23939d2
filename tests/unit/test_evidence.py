"""Evidence: what the features see, what the score says, and that small indexes answer and refuse as large ones do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval import null
from bot.retrieval.evidence import TYPICAL, EvidenceJudge, Line, Profile
from bot.retrieval.features import features, longest_common, occurs
from bot.types import Hit
from tests.fakes.handbook import QUESTIONS, TEXTS, UNRELATED
from tests.fakes.shelf import Shelf

NAMES = list(TEXTS)
WINDOWS = [NAMES[k : k + 1] for k in range(10)] + [(NAMES * 2)[k : k + 3] for k in range(0, 10, 3)] + [NAMES]


def shelf(names: list[str]) -> tuple[Shelf, EvidenceJudge]:
    """Fill a small index and measure its null."""
    found = Shelf({name: TEXTS[name] for name in names})
    return found, EvidenceJudge(Profile(null.measure(found.ask)))


@pytest.mark.parametrize("names", WINDOWS, ids=lambda names: f"{len(names)}-from-{names[0]}")
def test_an_index_of_one_three_or_ten_documents_answers_what_they_hold(names: list[str]) -> None:
    index, judge = shelf(names)
    asked = [question for name, question in QUESTIONS if name in names]

    answered = [judge(index.ask(question)).answerable for question in asked]

    assert sum(answered) >= 0.9 * len(asked)


@pytest.mark.parametrize("names", WINDOWS, ids=lambda names: f"{len(names)}-from-{names[0]}")
def test_an_index_of_one_three_or_ten_documents_refuses_what_they_do_not_hold(names: list[str]) -> None:
    index, judge = shelf(names)

    accepted = [question for question in UNRELATED if judge(index.ask(question)).answerable]

    assert len(accepted) <= 1


def test_an_index_that_was_never_measured_answers_and_refuses_too() -> None:
    index, judge = Shelf(TEXTS), EvidenceJudge(Profile())

    answered = [judge(index.ask(question)).answerable for _, question in QUESTIONS]
    accepted = [judge(index.ask(question)).answerable for question in UNRELATED]

    assert sum(answered) >= 0.8 * len(QUESTIONS)
    assert sum(accepted) <= 0.2 * len(UNRELATED)


@pytest.mark.parametrize("question", ["", "🙂🙂🙂", "?!", "\x00\x07"])
def test_a_question_without_words_has_no_evidence(question: str) -> None:
    index, judge = shelf(NAMES)

    judgement = judge(index.ask(question))

    assert (judgement.evidence, judgement.answerable) == (0.0, False)


def test_a_question_of_200000_characters_is_judged() -> None:
    index, judge = shelf(NAMES)

    judgement = judge(index.ask("The ballad of the old sailor went on and on through the night. " * 3_200))

    assert 0 <= judgement.evidence <= 1


def test_a_page_that_defines_the_leading_code_is_evidence_enough() -> None:
    index, judge = shelf(NAMES)
    found = index.ask("ORA-99999 xyzzy")
    defining = Hit("tablespace.md#0", 2.0)
    hits = replace(found.hits, codes=(defining,), known_codes=frozenset({"ORA-99999"}))

    with_page = judge(replace(found, hits=hits, codes=("ORA-99999",)))
    without = judge(found)

    assert with_page.answerable
    assert not without.answerable


def test_a_missing_leading_code_is_a_veto() -> None:
    index, judge = shelf(NAMES)
    found = index.ask(QUESTIONS[0][1])

    judgement = judge(replace(found, codes=("ORA-99999",), missing_codes=("ORA-99999",), vetoed=True))

    assert judge(found).answerable
    assert not judgement.answerable


def test_the_threshold_decides() -> None:
    index, judge = shelf(NAMES)
    found = index.ask(QUESTIONS[0][1])

    strict = EvidenceJudge(judge.profile, threshold=1.0)

    assert judge(found).answerable
    assert not strict(found).answerable


def test_a_question_that_is_a_whole_text_covers_itself() -> None:
    index = Shelf(TEXTS)

    seen = features(index.ask(TEXTS["printer.md"]))

    assert seen["cov"] == pytest.approx(1)
    assert seen["cos"] == pytest.approx(1, abs=1e-5)


def test_a_profile_survives_the_store() -> None:
    profile = Profile(
        TYPICAL, weights={"z_self": 0.5}, bias=-1.0, calibrated=True, generation=7, embedder="hashing://64"
    )

    assert Profile.loads(profile.dumps()) == profile


@given(st.text("abcd数据库 ", max_size=30), st.text("abcd数据库 ", max_size=60))
def test_the_longest_common_substring_is_the_longest(question: str, text: str) -> None:
    cuts = (question[i:j] for i in range(len(question)) for j in range(i + 1, len(question) + 1))

    assert longest_common(question, text) == max((len(cut) for cut in cuts if cut in text), default=0)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0, 3))
def test_more_of_a_feature_is_never_less_evidence(low: float, high: float, length: float) -> None:
    line = Line(0.2, 0.1, 0.3)
    least, most = sorted((low, high))

    assert line.standardise(least, length, 0.02) <= line.standardise(most, length, 0.02)


def test_words_are_found_whole_and_chinese_anywhere() -> None:
    assert occurs("ora", "see ora-01555")
    assert not occurs("ora", "oracle decorator")
    assert occurs("数据", "大数据库")
    assert occurs("vpn", "连接vpn时")
