"""The book of answers gives back what was saved, whole, for as long as it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.sqlite import SqliteStore
from bot.conversation import answers
from bot.conversation.answers import AnswerBook
from bot.types import Answer, Citation, Cluster, Sample, Step, Vote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import Store

DAY_S = 86_400.0

texts = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
details = st.dictionaries(
    texts, st.none() | st.booleans() | st.integers() | numbers | texts | st.lists(texts), max_size=3
)
votes = st.builds(
    Vote,
    clusters=st.lists(st.builds(Cluster, key=texts, weight=numbers), max_size=2).map(tuple),
    samples=st.lists(st.builds(Sample, voter=texts, weight=numbers, spoilt=st.none() | texts), max_size=2).map(tuple),
    winner=st.none() | st.builds(Sample, key=texts, weight=numbers),
    agreement=numbers,
)
whole = st.builds(
    Answer,
    text=texts,
    citations=st.lists(st.builds(Citation, quote=texts, url=st.none() | texts), max_size=2).map(tuple),
    vote=st.none() | votes,
    confidence=numbers,
    trace=st.lists(st.builds(Step, seconds=numbers, detail=details), max_size=2).map(tuple),
    seconds=numbers,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "state.db")
    yield opened
    opened.close()


@given(whole)
def test_an_answer_survives_the_round_trip(answer: Answer) -> None:
    assert answers.decode(answers.encode(answer)) == answer


@given(st.binary())
def test_a_value_that_does_not_decode_is_no_answer(value: bytes) -> None:
    assert answers.decode(value) is None


def test_a_saved_answer_is_found_by_its_id(store: Store) -> None:
    answer = Answer("q1", "q1", "answered", "See [1].", "en", (Citation(1, "a.md", "a.md#0", "A", "", None, "said"),))

    AnswerBook(store, DAY_S).save(answer)

    assert AnswerBook(store, DAY_S).load("q1") == answer


def test_an_unknown_answer_is_none(store: Store) -> None:
    assert AnswerBook(store, DAY_S).load("never saved") is None


def test_an_answer_of_another_version_is_none(store: Store) -> None:
    store.put("answer:q1", b'{"id": "q1", "body": "an old field"}')

    assert AnswerBook(store, DAY_S).load("q1") is None


def test_an_answer_is_kept_for_its_time_only(store: Store) -> None:
    book = AnswerBook(store, ttl_s=0.0)

    book.save(Answer("q1", "q1", "answered", "text", "en"))

    assert book.load("q1") is None


def test_half_a_character_of_a_model_is_kept_as_a_question_mark(store: Store) -> None:
    AnswerBook(store, DAY_S).save(Answer("q1", "q1", "answered", "half: \ud800", "en"))
    loaded = AnswerBook(store, DAY_S).load("q1")

    assert loaded is not None
    assert loaded.text == "half: ?"
