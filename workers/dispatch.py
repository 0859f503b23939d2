"""The inline dispatcher: the same handler on the same bytes, on a small pool of threads."""

from __future__ import annotations

import threading
from concurrent import futures
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from bot.errors import QueueClosedError

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 3
"""Tries in all for a retryable error."""


class InlineDispatcher:
    """Handles payloads on threads, oldest first; `submit` waits while too many are queued."""

    def __init__(self, handler: Callable[[bytes, bool], None], threads: int = 2, capacity: int = 100) -> None:
        """Take the handler: it gets the payload and whether this is the last try."""
        self._handler = handler
        self._pool = futures.ThreadPoolExecutor(threads, thread_name_prefix="quorum")
        self._room = threading.BoundedSemaphore(capacity)
        self._submitted: set[futures.Future[None]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, payload: bytes) -> None:
        """Queue the payload and return before it is handled. Raises `QueueClosedError`."""
        self._room.acquire()
        with self._lock:
            if self._closed:
                self._room.release()
                message = "The dispatcher is closed and takes no more questions. Start a new one."
                raise QueueClosedError(message)
            future = self._pool.submit(self._handle, payload)
            self._submitted = {earlier for earlier in self._submitted if not _succeeded(earlier)} | {future}
        future.add_done_callback(lambda _: self._room.release())

    def join(self, timeout_s: float) -> None:
        """Wait until everything submitted is handled; re-raise the first failure, TimeoutError when time is over."""
        with self._lock:
            submitted = self._submitted
        done, waiting = futures.wait(submitted, timeout_s)
        if waiting:
            message = f"{len(waiting)} questions are still being handled after {timeout_s} s"
            raise TimeoutError(message)
        with self._lock:
            self._submitted = self._submitted - done
        for future in done:
            future.result()

    def close(self) -> None:
        """Finish what was submitted and stop the threads."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True)

    def _handle(self, payload: bytes) -> None:
        policy = Retrying(
            retry=retry_if_exception(lambda error: bool(getattr(error, "retryable", False))),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=0.5, max=8),
            reraise=True,
        )
        for attempt in policy:
            with attempt:
                self._handler(payload, attempt.retry_state.attempt_number == ATTEMPTS)


def _succeeded(future: futures.Future[None]) -> bool:
    return future.done() and future.exception() is None
