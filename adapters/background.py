"""What may happen after a platform has its reply: acknowledgements, notices, views. Best effort, never in the way."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.errors import MessengerRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

log = logging.getLogger(__name__)

THREADS = 8
WAITING = 200
"""More than this never wait: what is late is of no use, and the workers acknowledge what nobody did."""


class Background:
    """Some threads; work that finds too much before it is left out, and its failures are logged by their class."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        """Start no thread before there is work."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"quorum-{name}")
        self._room = threading.Semaphore(WAITING)
        self._is_over = False

    def do(self, what: str, work: Callable[[], object]) -> None:
        """Do it soon, if it can be done; `what` stands in the log if it fails."""
        if self._is_over or not self._room.acquire(blocking=False):
            log.info("%s: left out, too much is waiting", what)
            return
        try:
            future = self._pool.submit(work)
        except RuntimeError:  # closed a moment ago
            self._room.release()
            return
        future.add_done_callback(lambda done: self._ended(what, done))

    def close(self) -> None:
        """Finish what was begun, and leave the rest."""
        self._is_over = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ended(self, what: str, done: Future[object]) -> None:
        self._room.release()
        error = None if done.cancelled() else done.exception()
        if isinstance(error, MessengerRefusedError):
            log.info("%s: refused: %s", what, error.code)
        elif error is not None:
            log.info("%s: failed: %s", what, type(error).__name__)
