"""A handler over SQLite with a scripted bot and a postbox, as the handler's tests want it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.backends.sqlite import SqliteDeadLetters, SqliteLeases, SqliteLedger, SqliteStore
from bot.conversation.answers import AnswerBook
from bot.types import Address, Answer, Entry, Progress, Question
from tests.fakes.postbox import Postbox
from workers.handler import Handler
from workers.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


ADDRESS = Address("web", "room", "someone")
QUESTION = Question("q-1", "Where is my parcel of secrets?", ADDRESS, "en", 1.0)
LONG_S = 30.0


@dataclass
class ScriptedBot:
    """Raises the given errors one after the other, then answers; `gate` is waited for before each answer."""

    errors: list[BaseException] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        self.asked.append(question.id)
        self.begun.set()
        self.gate.wait(LONG_S)
        tell(Progress("retrieving"))
        if self.errors:
            raise self.errors.pop(0)
        return Answer(question.id, question.id, "answered", f"In the post room: {question.id}.", question.language)


class Desk(NamedTuple):
    handle: Handler
    bot: ScriptedBot
    ledger: SqliteLedger
    dead: SqliteDeadLetters
    postbox: Postbox

    def entry(self, name: str = "q-1") -> Entry:
        found = self.ledger.find(name)
        assert found is not None
        return found


class Killed(BaseException):
    """Ends a thread of control as kill -9 would: nothing of ours catches it."""


@contextmanager
def opened(file: Path) -> Iterator[Desk]:
    """Open a desk with `QUESTION` in its ledger."""
    store, ledger, leases, dead = SqliteStore(file), SqliteLedger(file), SqliteLeases(file), SqliteDeadLetters(file)
    bot, postbox = ScriptedBot(), Postbox()
    bot.gate.set()
    ledger.open(QUESTION)
    handler = Handler(bot, ledger, leases, AnswerBook(store, 3600), dead, {"web": postbox}, Tries(4, 3, lease_s=0.5))
    yield Desk(handler, bot, ledger, dead, postbox)
    for part in (store, ledger, leases, dead):
        part.close()


def due(desk: Desk, name: str = "q-1") -> None:
    """Let the pause before the next attempt be over."""
    desk.ledger.advance(name, desk.entry(name).state)


def later(name: str, thread: str = "") -> Question:
    return replace(QUESTION, id=name, address=replace(ADDRESS, thread=thread))
