"""The Celery application: two queues, one task each, and when a task is handed in again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.exceptions import Reject
from kombu import Queue

from bot.errors import QuorumError
from workers import broker, transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings

log = logging.getLogger(__name__)

ANSWER, INGEST = "quorum.answer", "quorum.ingest"
"""The queues: an import never stands before a question."""

HANDLE, IMPORT = "quorum.handle", "quorum.ingest"
"""The tasks."""

_POOL_LIMIT = 64
"""More threads than a server publishes from at once, so that none waits for another's time-out before its own."""

_START_S = 600.0
"""A worker process may load models for so long before it takes its first question."""

HIDDEN = "(…)"
"""What Celery is told to write for arguments: it would put the question's text into headers, which may be logged."""


def make_app(settings: Settings, results: str | None = None) -> Celery:
    """Configure an app for `settings.queue`; nothing is connected yet.

    `results` is a backend that keeps what became of every task, for tests. Raises `ConfigurationError`.
    """
    transport.install()
    where = broker.read(settings.queue, settings.work.visibility_timeout_s)
    app = Celery("quorum", set_as_current=False)
    app.conf.update(
        broker_url=where.url,
        broker_use_ssl=where.tls,
        broker_transport_options=where.options,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_pool_limit=_POOL_LIMIT,
        result_backend=results,
        task_ignore_result=results is None,
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        task_queues=(Queue(ANSWER), Queue(INGEST)),
        task_default_queue=ANSWER,
        task_create_missing_queues=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_timeout=False,
        task_acks_on_failure=True,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=_START_S,
        worker_enable_remote_control=False,  # who reaches Redis shall not be able to stop workers
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


def add_tasks(
    app: Celery,
    settings: Settings,
    handler: Callable[[bytes], None],
    ingestion: Callable[[list[str], str], None],
) -> None:
    """Give a worker's app its two tasks."""
    hard_s, soft_s = time_limits_s(settings.work.visibility_timeout_s)

    def handle(task: Any, payload: bytes) -> None:  # noqa: ANN401 - Celery carries no types
        again_where_asked(task, lambda: handler(payload))

    def ingest(task: Any, paths: list[str], collection: str) -> None:  # noqa: ANN401 - Celery carries no types
        again_where_asked(task, lambda: ingestion(paths, collection))

    # shared=False, else a second app in the process keeps this one's functions; throws: our own errors are logged here
    options = {"bind": True, "shared": False, "max_retries": None, "throws": (QuorumError,)}
    app.task(name=HANDLE, time_limit=hard_s, soft_time_limit=soft_s, **options)(handle)
    # An import that kills its process would do so for ever; a question that does so is counted by the ledger.
    app.task(name=IMPORT, reject_on_worker_lost=False, **options)(ingest)


def time_limits_s(visibility_timeout_s: int) -> tuple[float, float]:
    """Return when a question's process is killed, and when it is asked to end: before the message goes to another."""
    hard_s = max(visibility_timeout_s - 30.0, visibility_timeout_s / 2)
    return hard_s, hard_s * 0.9


def again_where_asked(task: Any, work: Callable[[], None]) -> None:  # noqa: ANN401 - Celery carries no types
    """Do the work; hand the task in again after an error's `delay_s` if the error is retryable.

    What cannot be handed in because the queue is down goes back to where it came from.
    """
    try:
        try:
            work()
        except QuorumError as exc:
            if not exc.retryable:
                log.warning("%s", exc)
                raise
            log.info("again in %.1f s: %s", exc.delay_s, exc)
            raise task.retry(exc=exc, countdown=exc.delay_s, argsrepr=HIDDEN) from exc
    except Reject as exc:
        raise Reject(exc.reason, requeue=True) from exc
