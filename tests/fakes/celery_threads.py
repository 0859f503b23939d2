"""A Celery worker on threads of the test's own process, which hands payloads to whichever handler is set just now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from celery import signals
from celery.contrib.testing.worker import start_worker

from bot.settings import Settings, load
from workers import celery_app
from workers.celery_dispatch import CeleryDispatcher

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = "cache+memory://"
"""Where results are kept that the submitting thread waits for: both ends are in one process."""

STOP_S = 30.0


@dataclass
class Threads:
    """A running worker; stopping one takes seconds, so a whole suite shares one."""

    settings: Settings
    handler: Callable[[bytes], None]

    def handle(self, payload: bytes) -> None:
        """Hand the payload to the handler of the moment."""
        self.handler(payload)

    def dispatcher(self, handler: Callable[[bytes], None]) -> CeleryDispatcher:
        """Let the worker use this handler, and open a dispatcher that can wait for it."""
        self.handler = handler
        return CeleryDispatcher(self.settings, RESULTS)


@contextmanager
def running(url: str) -> Iterator[Threads]:
    """Run a worker of two threads over this queue."""
    loaded = load(queue=url)
    threads = Threads(loaded, lambda _: None)
    app = celery_app.make_app(loaded, RESULTS)
    celery_app.add_tasks(app, loaded, threads.handle, lambda *_: None)
    signals.setup_logging.connect(_leave_logging)
    with start_worker(
        app,
        pool="threads",
        concurrency=2,
        queues=[celery_app.ANSWER],
        perform_ping_check=False,
        shutdown_timeout=STOP_S,
    ):
        yield threads


def _leave_logging(**_: object) -> None:
    """Keep Celery from silencing the loggers of the tests that follow, by being there."""
