"""Whatever store and leases it has: what many ask at the same time is computed once, and everybody is answered."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent import futures
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from bot.conversation.cache import CachingAnswerer
from bot.conversation.flight import Flights
from bot.errors import ModelUnavailableError
from bot.factories import open_leases, open_store
from bot.settings import Settings
from bot.types import Answer, Progress
from tests.conftest import ROOT
from tests.fakes.scribe import Scribe, question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Answerer
    from bot.types import Question

    Host = Callable[[Answerer, int], CachingAnswerer]

MANY = 32
LEASE_S = 15.0
SOON_DEAD_S = 1.0
DEADLINE_S = 60.0
STUCK = """
import sys, threading
from bot.conversation.cache import CachingAnswerer
from bot.conversation.flight import Flights
from bot.factories import open_leases, open_store
from bot.settings import Settings
from tests.fakes.scribe import Scribe, question

settings = Settings(store=sys.argv[1])
inner = Scribe()
inner.gate.clear()
flights = Flights(open_leases(settings), float(sys.argv[2]), 60.0)
cache = CachingAnswerer(inner, lambda asked: asked.text, open_store(settings), flights, 3600.0)
cache.answer(question("stuck"), lambda _: print("computing", flush=True))
"""
"""A process that begins to compute an answer and never ends."""


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path / 'state.db'}"


@pytest.fixture(params=["sqlite_url", "redis_database"])
def url(request: pytest.FixtureRequest) -> str:
    named: str = request.getfixturevalue(request.param)
    return named


@pytest.fixture
def host(url: str) -> Iterator[Callable[..., CachingAnswerer]]:
    """Make the cache of one more host; so many questions as `at_once` says get their key at the same time."""
    with ExitStack() as opened:

        def made(inner: Answerer, at_once: int = 1, lease_s: float = LEASE_S) -> CachingAnswerer:
            settings, start = Settings(store=url), threading.Barrier(at_once)
            store, leases = (opened.enter_context(closing(open_(settings))) for open_ in (open_store, open_leases))

            def key(asked: Question) -> str:
                start.wait(DEADLINE_S)
                return asked.text

            return CachingAnswerer(inner, key, store, Flights(leases, lease_s, DEADLINE_S), 3600.0)

        yield made


def at_once(caches: list[CachingAnswerer], count: int) -> list[futures.Future[Answer]]:
    """Ask the same question `count` times at the same time, and wait until all are answered."""
    with futures.ThreadPoolExecutor(count) as pool:
        return [pool.submit(caches[n % len(caches)].answer, question(f"q{n}")) for n in range(count)]


def test_of_many_who_ask_at_once_one_computes_and_all_get_the_same_answer(host: Callable[..., CachingAnswerer]) -> None:
    inner = Scribe()

    answers = [asked.result() for asked in at_once([host(inner, MANY // 2), host(inner, MANY // 2)], MANY)]

    assert len(inner.asked) == 1
    assert {(answer.outcome, answer.text, answer.citations, answer.vote) for answer in answers} == {
        (answers[0].outcome, answers[0].text, answers[0].citations, answers[0].vote)
    }
    assert [(answer.id, answer.question_id) for answer in answers] == [(f"q{n}", f"q{n}") for n in range(MANY)]


def test_when_who_computes_fails_one_other_takes_over(host: Callable[..., CachingAnswerer]) -> None:
    inner = Scribe(ModelUnavailableError("down"), "answered")

    asked = at_once([host(inner, 8)], 8)

    errors = [type(one.exception()) for one in asked if one.exception()]
    assert errors == [ModelUnavailableError]
    assert len(inner.asked) == 2


def test_when_an_answer_is_not_kept_the_others_compute_for_themselves_at_once(
    host: Callable[..., CachingAnswerer],
) -> None:
    inner = Together(8)

    outcomes = [asked.result().outcome for asked in at_once([host(inner, 8)], 8)]

    assert (outcomes, inner.count) == (["failed"] * 8, 8)


class Together:
    """An answerer whose answers are not worth keeping; all after the first must be asked for at the same time."""

    def __init__(self, callers: int) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._others = threading.Barrier(callers - 1)

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        tell(Progress("sampling"))
        with self._lock:
            self.count += 1
            first = self.count == 1
        if not first:
            self._others.wait(DEADLINE_S)
        return Answer(question.id, question.id, "failed", "", "en")


@pytest.mark.slow
def test_a_question_whose_process_was_killed_is_taken_over_when_its_lease_ends(
    host: Callable[..., CachingAnswerer], url: str
) -> None:
    inner = Scribe()
    cache = host(inner, lease_s=SOON_DEAD_S)
    command = [sys.executable, "-c", STUCK, url, str(SOON_DEAD_S)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as stuck, futures.ThreadPoolExecutor(1) as pool:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == b"computing\n"
        waiting = pool.submit(cache.answer, question("q1"))
        over = time.monotonic() + 2 * SOON_DEAD_S
        with pytest.raises(TimeoutError):  # while it lives, its lease is extended and nobody else computes
            waiting.result(over - time.monotonic())
        stuck.kill()

        answer = waiting.result(DEADLINE_S)

    assert (answer.outcome, len(inner.asked)) == ("answered", 1)
