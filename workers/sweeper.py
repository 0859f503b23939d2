"""Finds questions that nobody works on any more and queues them again: after a lost queue, a crash, a restart."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import QuorumError
from workers.handler import encode

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.ports import Dispatcher, Leases, Ledger
    from bot.types import Platform

log = logging.getLogger(__name__)

_LEASE = "sweeper"
_LONGEST_PAUSE_S = 10.0
_RAREST = 16
"""A question that stays untouched is queued again at ever longer intervals, at last this many times the first one."""


class _Queued(NamedTuple):
    """When a question was queued again, how long it is left there, and its last change by then."""

    at: float
    pause_s: float
    updated_at: float


class Sweeper:
    """Sweeps on a thread; of all processes that share a ledger one at a time does."""

    def __init__(
        self,
        ledger: Ledger,
        dispatcher: Dispatcher,
        leases: Leases,
        platforms: Collection[Platform],
        stale_after_s: float,
    ) -> None:
        """Take up questions of `platforms` whose last change is `stale_after_s` seconds ago."""
        self._ledger, self._dispatcher, self._leases = ledger, dispatcher, leases
        self._platforms = frozenset(platforms)
        self._stale_after_s = stale_after_s
        self._pause_s = min(stale_after_s / 4, _LONGEST_PAUSE_S)
        self._queued: dict[str, _Queued] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="quorum-sweeper", daemon=True)

    def start(self) -> None:
        """Begin to sweep, at once and then again and again."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def sweep(self, older_than_s: float) -> int:
        """Queue the first stale question of each conversation, which brings the others after it; return how many.

        One that was queued before and that nobody has begun on since most likely waits in a long queue: it is queued
        again after `older_than_s` seconds, then after twice as long, and so on, so that the queue does not fill with
        repetitions.
        """
        now = time.monotonic()
        queued: dict[str, _Queued] = {}
        lanes: set[str] = set()
        count = 0
        for entry in self._ledger.unfinished(older_than_s):
            address, id_ = entry.question.address, entry.question.id
            if address.platform not in self._platforms or address.lane in lanes:
                continue
            lanes.add(address.lane)
            before = self._queued.get(id_)
            again = before if before is not None and before.updated_at == entry.updated_at else None
            if again is None or now - again.at >= max(again.pause_s, older_than_s):
                self._dispatcher.submit(encode(entry.question))
                pause_s = min(2 * again.pause_s, _RAREST * older_than_s) if again else older_than_s
                again = self._queued[id_] = _Queued(now, pause_s, entry.updated_at)
                count += 1
            queued[id_] = again
        self._queued = queued
        if count:
            log.info("%d unfinished questions queued again", count)
        return count

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                token = self._leases.acquire(_LEASE, self._pause_s)
                if token is not None:
                    self.sweep(self._stale_after_s)
            except QuorumError as exc:
                log.warning("the sweeper tries again in %.1f s: %s", self._pause_s, exc)
            self._stop.wait(self._pause_s)
