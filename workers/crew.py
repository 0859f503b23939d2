"""The processes of `quorum work`: one for each queue, watched and stopped together, with the sweeper beside them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from contextlib import ExitStack, closing, contextmanager
from multiprocessing import connection
from typing import TYPE_CHECKING

from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.context import ForkProcess
    from types import FrameType

    from bot.settings import Settings
    from workers.celery_worker import Kind

log = logging.getLogger(__name__)

_ENDING = (signal.SIGTERM, signal.SIGINT)
_LOOK_S = 0.2
RETURN_S = (1.0, 3.0)
"""So long a worker may take to give back what it has in hand, and when it is told to for the second time.

What its children began a moment before the first time, Celery only hears of afterwards, and would wait for.
"""


class Crew:
    """One process a queue, forked while this one has no threads yet, so that all share what was imported."""

    def __init__(self, settings: Settings, sizes: Mapping[Kind, int]) -> None:
        """Plan the processes: the queues, and how much of each is worked on at once."""
        self._settings = settings
        self._sizes = sizes
        self._signals = 0
        self._crew: list[ForkProcess] = []

    @contextmanager
    def started(self) -> Iterator[None]:
        """Run the processes until the block ends; call it before anything begins a thread."""
        from workers import celery_worker

        for number in _ENDING:
            signal.signal(number, self._count)
        try:
            self._fork(celery_worker.consume)
            yield
        finally:
            for process in self._living():
                process.kill()
                process.join()
            for number in _ENDING:  # an impatient one more must not end what has ended well
                signal.signal(number, signal.SIG_IGN)

    def run(self) -> int:
        """Work until a signal comes or a process ends; return the exit status.

        After the first SIGTERM or SIGINT the processes have `grace_s` seconds to finish what they have in hand; what is
        left then, or at the second signal, goes back to the queue.
        """
        while not self._signals and len(self._living()) == len(self._crew):
            connection.wait([process.sentinel for process in self._crew], _LOOK_S)
        ended = [] if self._signals else [process for process in self._crew if not process.is_alive()]
        for process in ended:
            log.error("%s ended with exit status %s; everything is stopped", process.name, process.exitcode)
        grace_s = self._settings.work.grace_s
        log.info("stopping; what is in hand has %.0f s to be finished", grace_s)
        self._ask(signal.SIGTERM, grace_s, signals=2)
        if self._living():
            log.info("what is still in hand goes back to the queue")
        for patience_s in RETURN_S:
            self._ask(signal.SIGQUIT, patience_s, signals=3)
        return max((2 if process.exitcode == 2 else 1 for process in ended), default=0)  # noqa: PLR2004 - as errors.py

    def _fork(self, consume: Callable[[Settings, Kind, int], None]) -> None:
        """Begin the processes; no signal is delivered to one before it has handlers of its own."""
        fork = multiprocessing.get_context("fork")
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            for kind, size in self._sizes.items():
                given = (consume, self._settings, kind, size)
                process = fork.Process(target=_consume, args=given, name=f"quorum-{kind}")
                process.start()
                self._crew.append(process)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def _ask(self, number: signal.Signals, patience_s: float, signals: int) -> None:
        """Send a signal to those that live, and wait until they ended, time is over, or that many signals came."""
        for process in self._living():
            os.kill(process.pid or 0, number)
        until = time.monotonic() + patience_s
        while (living := self._living()) and time.monotonic() < until and self._signals < signals:
            connection.wait([process.sentinel for process in living], _LOOK_S)

    def _living(self) -> list[ForkProcess]:
        return [process for process in self._crew if process.is_alive()]

    def _count(self, _: int, __: FrameType | None) -> None:
        self._signals += 1


def _consume(consume: Callable[[Settings, Kind, int], None], settings: Settings, kind: Kind, size: int) -> None:
    """Begin in a process of its own, which SIGTERM ends; a terminal's Ctrl-C is for the parent, which passes it on."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    consume(settings, kind, size)


@contextmanager
def sweeping(settings: Settings, *, now: bool) -> Iterator[None]:
    """Queue again what nobody works on, for as long as the block lasts; with `now`, everything unfinished at once."""
    from bot import wiring
    from workers.queues import open_dispatcher
    from workers.receiving import configured
    from workers.sweeper import Sweeper

    with ExitStack() as stack:
        ledger = stack.enter_context(closing(wiring.open_ledger(settings)))
        leases = stack.enter_context(closing(wiring.open_leases(settings)))
        dispatcher = stack.enter_context(closing(open_dispatcher(settings)))
        platforms = configured(settings, "all")
        sweeper = Sweeper(ledger, dispatcher, leases, platforms, settings.sweeper.stale_after_s)
        if now:
            try:
                sweeper.sweep(older_than_s=0.0)
            except QuorumError as exc:
                log.warning("what is unfinished is taken up later: %s", exc)
        sweeper.start()
        stack.callback(sweeper.stop)
        yield
