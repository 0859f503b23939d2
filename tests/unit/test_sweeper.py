"""The sweeper queues again what nobody works on, once in a while and one question a conversation."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases, SqliteLedger
from bot.errors import QueueUnavailableError
from bot.types import Address, Question
from tests.fakes.polling import until
from workers.handler import decode
from workers.sweeper import Sweeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question("q-1", "Where is my parcel?", Address("web", "room", "someone"), "en", 1.0)
LONG_S = 20.0


@dataclass
class Line:
    """A dispatcher that keeps what it was given."""

    names: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def submit(self, payload: bytes) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.names.append(decode(payload).id)

    def join(self, timeout_s: float) -> None:
        """Nothing is handled here."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(tmp_path / "q.db")
    yield opened
    opened.close()


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[SqliteLeases]:
    opened = SqliteLeases(tmp_path / "q.db")
    yield opened
    opened.close()


def other(name: str, conversation: str) -> Question:
    return replace(QUESTION, id=name, address=Address("web", conversation, "someone"))


def test_one_unfinished_question_a_conversation_is_queued_oldest_first(
    ledger: SqliteLedger, leases: SqliteLeases
) -> None:
    for question in (QUESTION, other("q-2", "room"), other("q-3", "kitchen"), other("done", "hall")):
        ledger.open(question)
    ledger.advance("done", "delivered")
    line = Line()
    count = Sweeper(ledger, line, leases, {"web"}, 60).sweep(0)

    assert (line.names, count) == (["q-1", "q-3"], 2)


def test_a_fresh_question_is_left_to_its_own_delivery(ledger: SqliteLedger, leases: SqliteLeases) -> None:
    ledger.open(QUESTION)
    line = Line()
    Sweeper(ledger, line, leases, {"web"}, 60).sweep(60)

    assert line.names == []


def test_what_was_queued_a_moment_ago_is_not_queued_again(ledger: SqliteLedger, leases: SqliteLeases) -> None:
    ledger.open(QUESTION)
    ledger._database.run("UPDATE questions SET updated = updated - 100")
    line = Line()
    sweeper = Sweeper(ledger, line, leases, {"web"}, 60)
    counts = [sweeper.sweep(60) for _ in range(3)]

    assert (line.names, counts) == (["q-1"], [1, 0, 0])


def test_a_question_that_waits_in_a_long_queue_is_queued_again_less_and_less_often(
    ledger: SqliteLedger, leases: SqliteLeases, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.open(QUESTION)
    ledger._database.run("UPDATE questions SET updated = updated - 100")
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    sweeper = Sweeper(ledger, Line(), leases, {"web"}, 60)
    times = []
    for clock[0] in range(0, 4000, 10):
        if sweeper.sweep(60):
            times.append(clock[0])

    assert times == [0, 60, 180, 420, 900, 1860, 2820, 3780]


def test_a_question_that_somebody_began_on_is_queued_again_as_soon_as_a_new_one(
    ledger: SqliteLedger, leases: SqliteLeases
) -> None:
    ledger.open(QUESTION)
    ledger._database.run("UPDATE questions SET updated = updated - 100")
    sweeper = Sweeper(ledger, Line(), leases, {"web"}, 60)
    counts = [sweeper.sweep(60), sweeper.sweep(60)]
    ledger._database.run("UPDATE questions SET state = 'working', updated = updated + 30")
    counts.append(sweeper.sweep(60))

    assert counts == [1, 0, 1]


def test_questions_of_a_terminal_that_was_closed_are_nobody_s(ledger: SqliteLedger, leases: SqliteLeases) -> None:
    ledger.open(replace(QUESTION, address=Address("cli", "terminal", "you")))
    line = Line()
    Sweeper(ledger, line, leases, {"web"}, 60).sweep(0)

    assert line.names == []


def test_it_sweeps_again_and_again_through_a_queue_that_is_down(ledger: SqliteLedger, leases: SqliteLeases) -> None:
    ledger.open(QUESTION)
    line = Line(errors=[QueueUnavailableError("down"), QueueUnavailableError("down")])
    sweeper = Sweeper(ledger, line, leases, {"web"}, stale_after_s=0.04)
    sweeper.start()
    until(lambda: line.names == ["q-1"], "the question is queued again", LONG_S)
    sweeper.stop()

    assert line.errors == []


def test_of_two_sweepers_one_sweeps(ledger: SqliteLedger, leases: SqliteLeases, tmp_path: Path) -> None:
    assert leases.acquire("sweeper", 9)
    ledger.open(QUESTION)
    ledger._database.run("UPDATE questions SET updated = updated - 100")
    line, second = Line(), Insistent(tmp_path / "q.db")
    sweeper = Sweeper(ledger, line, second, {"web"}, stale_after_s=0.04)
    sweeper.start()
    until(lambda: second.refused >= 3, "it asks for the lease again and again", 8)
    sweeper.stop()
    second.close()

    assert line.names == []


class Insistent(SqliteLeases):
    """Counts how often it was refused."""

    refused = 0

    def acquire(self, name: str, ttl_s: float) -> str | None:
        token = super().acquire(name, ttl_s)
        self.refused += token is None
        return token
