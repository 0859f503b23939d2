"""The inline dispatcher: the same handler on the same bytes, on a small pool of threads."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING

from bot.errors import QueueClosedError, QueueUnavailableError, QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

_WAIT_S = 2.0
"""So long a full queue is waited for; Slack wants its reply within 3 seconds."""


class InlineDispatcher:
    """Handles payloads on threads, oldest first. What it has not begun when it is closed stays in the ledger."""

    def __init__(self, handler: Callable[[bytes], None], threads: int = 2, capacity: int = 1_000) -> None:
        """Take the handler, and start so many threads; `capacity` payloads may wait."""
        self._handler = handler
        self._capacity = capacity
        self._waiting: list[tuple[float, int, bytes]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._in_hand = 0
        self._closed = False
        self._failure: QuorumError | None = None
        self._threads = [threading.Thread(target=self._run, name=f"quorum-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, payload: bytes) -> None:
        """Queue the payload and return. Raises `QueueClosedError`, or `QueueUnavailableError` when it stays full."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or len(self._waiting) < self._capacity, _WAIT_S):
                message = (
                    f"{self._capacity} questions are waiting already. Ask again later, or set QUORUM_QUEUE to Redis."
                )
                raise QueueUnavailableError(message)
            if self._closed:
                message = "The dispatcher is closed and takes no more questions. Start a new one."
                raise QueueClosedError(message)
            self._push(payload, 0.0)

    def join(self, timeout_s: float) -> None:
        """Wait until everything submitted is handled; re-raise the first failure, TimeoutError when time is over."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._waiting and not self._in_hand, timeout_s):
                message = f"{len(self._waiting) + self._in_hand} questions are still being handled after {timeout_s} s"
                raise TimeoutError(message)
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Finish what is in hand and stop the threads."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _push(self, payload: bytes, delay_s: float) -> None:
        heapq.heappush(self._waiting, (time.monotonic() + delay_s, next(self._numbers), payload))
        self._changed.notify_all()

    def _run(self) -> None:
        while (payload := self._take()) is not None:
            delay_s = self._handle(payload)
            with self._changed:
                self._in_hand -= 1
                if delay_s is not None and not self._closed:
                    self._push(payload, delay_s)
                self._changed.notify_all()

    def _take(self) -> bytes | None:
        """Wait for the next payload that is due, or return None once the dispatcher is closed."""
        with self._changed:
            while not self._closed:
                rest = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if rest is not None and rest <= 0:
                    self._in_hand += 1
                    payload = heapq.heappop(self._waiting)[2]
                    self._changed.notify_all()
                    return payload
                self._changed.wait(rest)
        return None

    def _handle(self, payload: bytes) -> float | None:
        """Return in how many seconds the payload is wanted again, if it is."""
        try:
            self._handler(payload)
        except QuorumError as exc:
            if exc.retryable:
                log.debug("again in %.1f s: %s", exc.delay_s, exc)
                return exc.delay_s
            log.warning("%s", exc)
            with self._changed:
                self._failure = self._failure or exc
        return None
