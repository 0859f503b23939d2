"""A ballot is strict JSON; whatever does not fit is spoilt and says why."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import ballots
from bot.types import Completion, Sample
from tests.fakes.answering import completion


def parsed(text: str, passages: int = 2, finish_reason: str = "stop") -> Sample:
    return ballots.parse(Completion(text, finish_reason), "v", 1.0, passages)


def test_a_ballot_that_fits_counts() -> None:
    assert parsed(f"  {completion('7')}\n") == Sample(
        "v", 1.0, answerable=True, key="7", answer="7 [1]", citations=(1,)
    )


def test_refusing_needs_no_citation() -> None:
    sample = parsed(completion("", "", (), answerable=False))

    assert (sample.answerable, sample.spoilt) == (False, None)


def test_markers_in_the_text_are_citations_too() -> None:
    assert parsed(completion("7", "7 [2]", (1,))).citations == (1, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ballots.NOT_JSON),
        ("7", ballots.NOT_JSON),
        ("[]", ballots.NOT_JSON),
        (f"Sure! {completion('7')}", ballots.NOT_JSON),
        (f"```json\n{completion('7')}\n```", ballots.NOT_JSON),
        ("[" * 100_000, ballots.NOT_JSON),
        ('{"answerable": true, "key": NaN, "answer": "", "citations": []}', ballots.NOT_JSON),
        ("{}", ballots.WRONG_SHAPE),
        (completion("7").replace("true", '"yes"'), ballots.WRONG_SHAPE),
        (completion("7").replace("[1]}", '["1"]}'), ballots.WRONG_SHAPE),
        (completion("7").replace(": [1]}", ": [true]}"), ballots.WRONG_SHAPE),
        (completion("7", "seven", ()), ballots.NO_CITATION),
        (completion("7", "seven", (3,)), ballots.MADE_UP_CITATION),
        (completion("7", "seven", (0,)), ballots.MADE_UP_CITATION),
        (completion("7", "seven [9]", (1,)), ballots.MADE_UP_CITATION),
        (completion(" ", "seven [1]"), ballots.NO_ANSWER),
    ],
)
def test_what_does_not_fit_is_spoilt(text: str, reason: str) -> None:
    assert parsed(text).spoilt == reason


def test_a_ballot_without_its_end_is_told_from_nonsense() -> None:
    assert parsed('{"answerable": true, "ke', finish_reason="length").spoilt == ballots.CUT_OFF


@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps)))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert parsed(text).spoilt


def test_the_schema_limits_the_numbers() -> None:
    schema = json.dumps(ballots.schema(6))

    assert '"maximum": 6' in schema
