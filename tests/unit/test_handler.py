"""The handler answers, delivers and records; whatever happens, the asker gets a word."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from adapters.console.messenger import ConsoleMessenger
from bot.backends.sqlite import SqliteLedger
from bot.errors import ModelUnavailableError, QuorumError
from bot.types import Address, Answer, Question
from workers.handler import Handler, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question("q-1", "Where is my parcel of secrets?", Address("cli", "terminal", "you"), "en", 1.0)


@dataclass
class ScriptedBot:
    """Raises the given errors one after the other, then answers."""

    errors: list[Exception] = field(default_factory=list)

    def answer(self, question: Question) -> Answer:
        if self.errors:
            raise self.errors.pop(0)
        return Answer(question.id, question.id, "answered", "In the post room.", question.language)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(tmp_path / "q.db")
    opened.open(QUESTION)
    yield opened
    opened.close()


def handler(ledger: SqliteLedger, *errors: Exception) -> tuple[Handler, io.StringIO]:
    screen = io.StringIO()
    return Handler(ScriptedBot(list(errors)), ledger, {"cli": ConsoleMessenger(screen)}), screen


def state(ledger: SqliteLedger) -> str:
    entry = ledger.find("q-1")
    return entry.state if entry else "nothing"


def test_a_question_is_answered_delivered_and_recorded(ledger: SqliteLedger) -> None:
    handle, screen = handler(ledger)
    handle(encode(QUESTION), last_try=True)

    assert "In the post room." in screen.getvalue()
    assert state(ledger) == "delivered"


def test_the_same_payload_twice_is_answered_once(ledger: SqliteLedger) -> None:
    handle, screen = handler(ledger)
    handle(encode(QUESTION), last_try=True)
    handle(encode(QUESTION), last_try=True)

    assert screen.getvalue().count("In the post room.") == 1


def test_a_retryable_error_leaves_the_question_open_for_the_next_try(ledger: SqliteLedger) -> None:
    handle, screen = handler(ledger, ModelUnavailableError("busy"))
    with pytest.raises(ModelUnavailableError):
        handle(encode(QUESTION), last_try=False)
    first = state(ledger)
    handle(encode(QUESTION), last_try=False)

    assert (first, state(ledger)) == ("working", "delivered")
    assert screen.getvalue().count("In the post room.") == 1


def test_after_the_last_try_people_see_a_plain_message_with_a_reference(ledger: SqliteLedger) -> None:
    handle, screen = handler(ledger, ModelUnavailableError("http://secret-host refused"))
    with pytest.raises(ModelUnavailableError):
        handle(encode(QUESTION), last_try=True)

    assert "q-1" in screen.getvalue()
    assert "secret-host" not in screen.getvalue()
    assert state(ledger) == "failed"


def test_an_unforeseen_error_fails_at_once_and_never_shows_its_text(ledger: SqliteLedger) -> None:
    handle, screen = handler(ledger, ZeroDivisionError("internal detail"))
    with pytest.raises(QuorumError, match=r"ZeroDivisionError at test_handler\.py:\d+"):
        handle(encode(QUESTION), last_try=False)

    assert "q-1" in screen.getvalue()
    assert "internal detail" not in screen.getvalue()
    assert state(ledger) == "failed"


def test_one_line_is_logged_without_the_text(ledger: SqliteLedger, caplog: pytest.LogCaptureFixture) -> None:
    handle, _ = handler(ledger)
    with caplog.at_level(logging.INFO):
        handle(encode(QUESTION), last_try=True)

    assert [record.name for record in caplog.records] == ["workers.handler"]
    assert "q-1" in caplog.text
    assert "parcel" not in caplog.text
