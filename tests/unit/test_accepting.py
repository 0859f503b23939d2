"""What is taken is claimed and queued, once by one process, and again when nobody knows whether it is queued."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLedger
from bot.errors import QueueUnavailableError
from bot.types import Address, Question
from tests.fakes.slack_reception import Queue
from workers import accept
from workers.accept import Acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question("q", "why?", Address("slack", "C1", "U1", "1.0"), "en", 1.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "q.db")) as ledger:
        yield ledger


def test_a_message_that_comes_in_two_events_is_queued_once(ledger: SqliteLedger) -> None:
    queue = Queue()
    taking = Acceptance(ledger, queue)
    fresh = [taking(QUESTION), taking(QUESTION)]

    assert fresh == [True, False]
    assert queue.taken == [QUESTION]


def test_two_events_at_the_same_time_are_queued_once(ledger: SqliteLedger) -> None:
    both = threading.Barrier(8)
    queue = Queue(before=lambda: threading.Event().wait(0.05))
    taking = Acceptance(ledger, queue)

    def take() -> bool:
        both.wait()
        return taking(QUESTION)

    with ThreadPoolExecutor(8) as pool:
        fresh = [done.result() for done in [pool.submit(take) for _ in range(8)]]

    assert sorted(fresh) == [False] * 7 + [True]
    assert queue.taken == [QUESTION]


def test_what_could_not_be_queued_is_queued_when_it_comes_again(ledger: SqliteLedger) -> None:
    failures = [QueueUnavailableError("down")]
    queue = Queue(before=lambda: (_ for _ in ()).throw(failures.pop()) if failures else None)
    taking = Acceptance(ledger, queue)
    with pytest.raises(QueueUnavailableError):
        taking(QUESTION)
    again = taking(QUESTION)

    assert again is False
    assert queue.taken == [QUESTION]


def test_another_process_queues_what_is_not_finished_again(ledger: SqliteLedger) -> None:
    queue = Queue()
    fresh = [Acceptance(ledger, queue)(QUESTION) for _ in range(2)]

    assert fresh == [True, False]
    assert queue.taken == [QUESTION, QUESTION]


def test_what_comes_again_after_a_while_is_queued_again_unless_it_is_finished(ledger: SqliteLedger) -> None:
    queue = Queue()
    taking = Acceptance(ledger, queue, again_s=0.0)
    taking(QUESTION)
    taking(QUESTION)
    ledger.advance(QUESTION.id, "working")
    ledger.advance(QUESTION.id, "delivered")
    taking(QUESTION)

    assert queue.taken == [QUESTION, QUESTION]


def test_what_was_queued_long_ago_is_forgotten(ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "REMEMBERED", 1)
    queue = Queue()
    taking = Acceptance(ledger, queue)
    for name in ("a", "b", "a"):
        taking(Question(name, "why?", QUESTION.address, "en", 1.0))

    assert [each.id for each in queue.taken] == ["a", "b", "a"]
