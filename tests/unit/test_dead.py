"""Dead letters are tried again once somebody asks for it; what holds no question is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteDeadLetters, SqliteLedger
from bot.errors import QueueUnavailableError
from bot.types import Address, Question
from workers.dead import Replay, drop_unreadable, replay
from workers.handler import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question("web-1", "Which port?", Address("web", "c", "u"), "en", 0.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "state.db")
    yield ledger
    ledger.close()


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[SqliteDeadLetters]:
    dead = SqliteDeadLetters(tmp_path / "state.db")
    yield dead
    dead.close()


def test_a_dead_question_is_open_again_and_queued(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    ledger.open(QUESTION)
    ledger.advance(QUESTION.id, "working")
    ledger.advance(QUESTION.id, "failed")
    dead.push(encode(QUESTION), "the model was down")
    queued: list[bytes] = []
    replayed = replay(dead, ledger, queued.append)
    entry = ledger.find(QUESTION.id)

    assert (replayed, queued, list(dead.all())) == (Replay(1, 0), [encode(QUESTION)], [])
    assert entry is not None
    assert (entry.state, entry.attempts) == ("open", 0)


def test_a_question_that_the_ledger_forgot_is_asked_afresh(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    dead.push(encode(QUESTION), "long ago")
    replay(dead, ledger, lambda _: None)

    assert [entry.question.id for entry in ledger.unfinished(0)] == [QUESTION.id]


def test_what_holds_no_question_is_left(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    dead.push(b"\xff", "no question")
    queued: list[bytes] = []
    replayed = replay(dead, ledger, queued.append)

    assert (replayed, queued, [letter.payload for letter in dead.all()]) == (Replay(0, 1), [], [b"\xff"])


def test_a_letter_stays_when_the_queue_is_down(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    dead.push(encode(QUESTION), "the model was down")

    def refuse(_: bytes) -> None:
        message = "down"
        raise QueueUnavailableError(message)

    with pytest.raises(QueueUnavailableError):
        replay(dead, ledger, refuse)
    assert [letter.payload for letter in dead.all()] == [encode(QUESTION)]


def test_letters_without_a_question_are_forgotten_on_demand(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    for payload in (b"\xff", encode(QUESTION), b"{}"):
        dead.push(payload, "why")

    assert drop_unreadable(dead) == 2
    assert [letter.payload for letter in dead.all()] == [encode(QUESTION)]
    assert replay(dead, ledger, lambda _: None) == Replay(1, 0)
