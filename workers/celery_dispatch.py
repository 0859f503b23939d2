"""The dispatcher over Celery: puts payloads into Redis, for whichever worker on whichever host."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from celery import exceptions
from kombu.exceptions import OperationalError

from bot.addresses import without_secrets
from bot.errors import ConfigurationError, QueueClosedError, QueueUnavailableError
from workers import celery_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.settings import Settings

_POLL_S = 0.01


class CeleryDispatcher:
    """Submits from any number of threads. What was submitted is Redis's when it is closed."""

    def __init__(self, settings: Settings, results: str | None = None) -> None:
        """Connect to nothing yet. Only with a `results` backend can anybody `join`; production has none."""
        self._app = celery_app.make_app(settings, results)
        # A pool of its own: kombu's common one takes addresses for equal that differ in their certificates.
        connection = self._app.connection_for_write()
        self._connections = connection.Pool(limit=self._app.conf.broker_pool_limit)
        self._errors = (OperationalError, *connection.recoverable_connection_errors)
        self._shown = without_secrets(settings.queue)
        self._keeps_results = results is not None
        self._submitted: list[Any] = []
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, payload: bytes) -> None:
        """Put the payload into the queue. Raises `QueueUnavailableError` within 3 seconds, or `QueueClosedError`."""
        result = self._send(celery_app.HANDLE, celery_app.ANSWER, [payload])
        if self._keeps_results:
            with self._lock:
                self._submitted.append(result)

    def ingest(self, paths: Sequence[str], collection: str) -> None:
        """Have a worker bring the files into the index, by paths that it sees. Raises as `submit` does."""
        self._send(celery_app.IMPORT, celery_app.INGEST, [list(paths), collection])

    def ping(self) -> None:
        """Ask whether the queue takes anything just now. Raises `QueueUnavailableError` within 3 seconds."""
        with self._connected() as connection:
            connection.default_channel.queue_declare(celery_app.ANSWER)

    def join(self, timeout_s: float) -> None:
        """Wait until everything submitted is handled; re-raise the first failure, TimeoutError when time is over."""
        if not self._keeps_results:
            message = f"{self._shown!r} keeps no results to wait for. The ledger tells how far a question is."
            raise ConfigurationError(message)
        with self._lock:
            submitted = list(self._submitted)
        until = time.monotonic() + timeout_s
        failure: Exception | None = None
        for result in submitted:
            try:
                result.get(timeout=max(0.0, until - time.monotonic()), interval=_POLL_S, propagate=False)
            except exceptions.TimeoutError as exc:
                waiting = sum(not each.ready() for each in submitted)
                message = f"{waiting} questions are still being handled after {timeout_s} s"
                raise TimeoutError(message) from exc
            failure = failure or (result.result if result.failed() else None)
        with self._lock:
            self._submitted = [result for result in self._submitted if result not in submitted]
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Close the connections; nothing is in hand."""
        with self._lock:
            self._closed = True
        self._connections.force_close_all()
        self._app.close()

    def _send(self, task: str, queue: str, arguments: list[Any]) -> Any:  # noqa: ANN401 - Celery carries no types
        if self._closed:
            message = "The dispatcher is closed and takes no more questions. Start a new one."
            raise QueueClosedError(message)
        with self._connected() as connection:
            how = {"queue": queue, "retry": False, "argsrepr": celery_app.HIDDEN}
            return self._app.send_task(task, args=arguments, connection=connection, **how)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            with self._connections.acquire(block=True) as connection:
                yield connection
        except self._errors as exc:
            why = str(exc).rstrip(".")
            message = f"The queue {self._shown!r} does not take anything: {why}. Check its Redis: quorum doctor"
            raise QueueUnavailableError(message) from exc
