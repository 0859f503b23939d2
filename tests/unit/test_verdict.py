"""Evidence, vote and check decide together; confidence follows all three; refusals show nothing they should not."""

from __future__ import annotations

import re

import pytest

from bot.answering import composing, verdict
from bot.answering.factcheck import Checked, check
from bot.answering.voting import tally
from bot.settings import Searching
from bot.types import Address, Question, Retrieval, Vote
from tests.fakes.answering import ballot, passage, refusal, spoilt

PASSAGE = passage("UNDO_RETENTION is 10800 seconds on LEDGER.", title="ORA-01555 [1]")
GOOD = Checked("It is 10800 seconds [1].", {1: ("It is 10800 seconds.",)}, 1, 0)
CLEAR = tally([ballot("10800 seconds")] * 5)
QUESTION = Question("q", "How long is undo kept?", Address("cli", "t", "me"), "en", 0.0)


def retrieval(evidence: float = 0.9, *, answerable: bool = True, missing: tuple[str, ...] = ()) -> Retrieval:
    return Retrieval((PASSAGE,), evidence, answerable, missing_codes=missing)


def decide(found: Retrieval, vote: Vote | None = CLEAR, checked: Checked | None = GOOD) -> verdict.Verdict:
    return verdict.decide(found, vote, checked, Searching())


def test_strong_evidence_and_a_clear_vote_give_an_answer() -> None:
    assert (decide(retrieval()).outcome, decide(retrieval()).reasons) == ("answered", ())


@pytest.mark.parametrize(
    ("found", "vote", "checked", "reason"),
    [
        (retrieval(0.1, answerable=False), None, None, "no_evidence"),
        (retrieval(answerable=False, missing=("ORA-99999",)), None, None, "missing_codes"),
        (Retrieval((), 0.9, answerable=True), CLEAR, GOOD, "no_evidence"),
        (retrieval(), tally([spoilt()]), None, "spoilt"),
        (retrieval(), tally([refusal(), refusal(), ballot("7")]), None, "samples_refuse"),
        (retrieval(), CLEAR, Checked("", {}, 0, 2), "unsupported"),
    ],
)
def test_refusals(found: Retrieval, vote: Vote | None, checked: Checked | None, reason: str) -> None:
    decided = decide(found, vote, checked)

    assert (decided.outcome, decided.reasons) == ("refused", (reason,))


@pytest.mark.parametrize(
    ("found", "vote", "checked", "reason"),
    [
        (retrieval(0.55), CLEAR, GOOD, "grey"),
        (retrieval(), tally([ballot("7"), ballot("8")]), GOOD, "split"),
        (retrieval(), tally([*[ballot("7")] * 2, ballot("8"), ballot("9"), ballot("5")]), GOOD, "low_agreement"),
        (retrieval(), CLEAR, Checked("x [1]", {1: ("x",)}, 1, 1), "dropped"),
    ],
)
def test_warnings(found: Retrieval, vote: Vote, checked: Checked, reason: str) -> None:
    decided = decide(found, vote, checked)

    assert (decided.outcome, decided.reasons) == ("answered_with_warning", (reason,))


def test_confidence_grows_with_evidence_agreement_and_support() -> None:
    base = decide(retrieval()).confidence

    assert 0 < decide(retrieval(0.6)).confidence < base < 1
    assert decide(retrieval(), tally([*[ballot("7")] * 3, *[ballot("8")] * 2])).confidence < base
    assert decide(retrieval(), CLEAR, Checked("x [1]", {1: ("x",)}, 1, 1)).confidence < base


def test_an_answer_carries_text_sources_and_no_notice() -> None:
    checked = check(ballot("10800 seconds", "UNDO_RETENTION is 10800 seconds [1]."), [PASSAGE])

    answer = composing.compose(QUESTION, retrieval(), CLEAR, checked, decide(retrieval(), CLEAR, checked))

    assert answer.text == "UNDO_RETENTION is 10800 seconds [1]."
    assert [citation.number for citation in answer.citations] == [1]
    assert (answer.notices, answer.closest) == ((), ())


def test_the_quoting_answerer_says_so_in_every_answer() -> None:
    answer = composing.compose(QUESTION, retrieval(), CLEAR, GOOD, decide(retrieval()), voices="quoting")

    assert "does not reason" in answer.notices[-1]


def test_a_refusal_shows_no_number_in_brackets_and_no_passage() -> None:
    found = retrieval(0.1, answerable=False)

    answer = composing.compose(QUESTION, found, None, None, decide(found, None, None))

    assert not re.search(r"\[\d", answer.text)
    assert "10800" not in answer.text
    assert "human" in answer.text
    assert answer.closest == ("ORA-01555 [1]",)
    assert answer.citations == ()


def test_a_refusal_names_the_codes_that_nothing_is_known_about() -> None:
    found = retrieval(answerable=False, missing=("ORA-99999",))

    assert "ORA-99999" in composing.compose(QUESTION, found, None, None, decide(found, None, None)).text


def test_agreement_is_of_the_samples_that_count() -> None:
    vote = tally([ballot("7"), ballot("7"), ballot("8"), spoilt()])

    assert composing.agreement(vote, "en") == "2 of 3 samples agree"
    assert composing.agreement(vote, "zh") == "3 个样本中 2 个一致"
    assert composing.agreement(tally([]), "en") == "No sample could be used"


@pytest.mark.parametrize(
    ("evidence", "answerable", "missing", "asked"),
    [
        (0.9, True, (), True),
        (0.4, False, (), True),
        (0.34, False, (), False),
        (0.4, False, ("ORA-99999",), False),
        (0.9, True, ("ORA-99999",), True),
    ],
)
def test_models_are_asked_down_to_the_lower_end_of_the_grey_zone_but_not_about_an_absent_code(
    evidence: float,
    answerable: bool,  # noqa: FBT001 - parameters of the table
    missing: tuple[str, ...],
    asked: bool,  # noqa: FBT001 - parameters of the table
) -> None:
    assert verdict.worth_asking(retrieval(evidence, answerable=answerable, missing=missing), Searching()) is asked


def test_an_answer_below_the_threshold_carries_a_warning() -> None:
    decided = verdict.decide(retrieval(0.4, answerable=False), CLEAR, GOOD, Searching())

    assert (decided.outcome, decided.reasons[0]) == ("answered_with_warning", "grey")


def test_what_holds_no_text_is_not_said_to_be_missing_from_the_documents() -> None:
    decided = decide(Retrieval((), 0.0, answerable=False), None, None)
    asked = Question("q", "", Address("cli", "t", "me"), "en", 0.0)
    answer = composing.compose(asked, Retrieval((), 0.0, answerable=False), None, None, decided)

    assert answer.outcome == "refused"
    assert answer.text.startswith("There is no text here")
