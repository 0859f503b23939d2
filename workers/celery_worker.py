"""One process that consumes one queue: a Celery worker whose children are forked and open their backends themselves."""

from __future__ import annotations

import logging
import os
import signal
import sys
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Literal, Protocol

from billiard import pool
from celery import Celery, platforms, signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.worker import state

from bot import wiring
from bot.errors import ConfigurationError, PostponedError, QuorumError, TookTooLongError
from workers import assembly, celery_app, ingestion, logs
from workers.celery_consumer import keeping

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from bot.settings import Settings
    from workers.celery_consumer import Keep

log = logging.getLogger(__name__)

Kind = Literal["answer", "ingest"]

_QUEUES: dict[Kind, str] = {"answer": celery_app.ANSWER, "ingest": celery_app.INGEST}
_CANNOT_WORK = signal.SIGUSR2
_TOO_LONG = signal.SIGUSR1
"""By which Celery tells a child of its soft time limit (billiard's `SIG_SOFT_TIMEOUT`)."""

_LATER_S = 5.0
_HEARD_S = 5.0
"""So long a child that ends waits until its results are read; the 30 s of billiard are longer than `grace_s`.

A worker that is asked to stop forgets what it gave to a child a moment before, since the broker delivers it again; the
child does it all the same, and nobody reads what became of it.
"""
_NICE = 10
"""An import leaves the processor to the answers."""


class Opened(Protocol):
    """What a seat needs of a worker."""

    @property
    def handler(self) -> Callable[[bytes], None]:
        """Handle one payload."""

    def close(self) -> None:
        """Release files and connections."""


class Seat:
    """A child's own handler. What cannot be reached when the child starts is opened with the first question."""

    def __init__(self, settings: Settings, open_worker: Callable[[Settings], Opened]) -> None:
        """Open nothing: this runs in the parent, and connections do not survive a fork."""
        self._settings, self._open_worker = settings, open_worker
        self._worker: Opened | None = None

    def __call__(self, payload: bytes) -> None:
        """Handle one payload. Raises what the handler raises, and `PostponedError` while nothing can be opened."""
        signal.signal(_TOO_LONG, _interrupt)  # Celery's own error says nothing of trying again
        try:
            worker = self._opened()
        except QuorumError as exc:
            raise PostponedError(_LATER_S, str(exc)) from exc
        worker.handler(payload)

    def open(self, **_: object) -> None:
        """Open the backends; what cannot be reached just now is only logged."""
        try:
            self._opened()
        except QuorumError as exc:
            log.error("%s", exc)  # noqa: TRY400 - the sentence is for people

    def close(self, **_: object) -> None:
        """Release files and connections."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _opened(self) -> Opened:
        """Open the backends; if that can never work, tell the parent, for no other child of it could work either."""
        if self._worker is None:
            try:
                self._worker = self._open_worker(self._settings)
            except QuorumError as exc:
                if not exc.retryable:
                    os.kill(os.getppid(), _CANNOT_WORK)
                raise
        return self._worker


def _interrupt(_: int, __: FrameType | None) -> None:
    message = "It took too long. Is the model slow? Then raise QUORUM_WORK__VISIBILITY_TIMEOUT_S."
    raise TookTooLongError(message)


def consume(
    settings: Settings,
    kind: Kind,
    concurrency: int,
    open_worker: Callable[[Settings], Opened] = assembly.open_worker,
) -> None:
    """Work until SIGTERM, which finishes what is in hand, or SIGQUIT, which returns it to the queue; then exit.

    Exit status 2 when its settings, or what they name, can never work. Ends with its parent, however that ends.
    """
    platforms.set_pdeathsig("SIGKILL")
    wait_no_longer()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where Celery writes remarks about Ctrl-C
    logs.to_stderr()
    app = celery_app.make_app(settings)
    seat = Seat(settings, open_worker)
    celery_app.add_tasks(app, settings, seat, lambda paths, collection: ingestion.run(settings, paths, collection))
    if kind == "ingest":
        os.nice(_NICE)
    else:
        wiring.preload(settings)
        signals.worker_process_init.connect(seat.open, weak=False)
        signals.worker_process_shutdown.connect(seat.close, weak=False)

    def ready(**_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the parent, which passes it on
        log.info("ready for the queue %s, %d at once", kind, concurrency)

    def keep(body: bytes, why: str) -> None:
        with closing(wiring.open_dead_letters(settings)) as letters:
            letters.push(body, why)

    signals.worker_ready.connect(ready, weak=False)
    sys.exit(_run(app, kind, concurrency, keep))


def wait_no_longer() -> None:
    """Let the children that are forked from now on end within `_HEARD_S` although nobody reads their results."""
    pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = round(_HEARD_S / pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_INTERVAL)


def _run(app: Celery, kind: Kind, concurrency: int, keep: Keep) -> int:
    """Run Celery's own worker, and return the exit status."""
    wrong: list[int] = []

    def give_up(_: int, __: FrameType | None) -> None:
        wrong.append(ConfigurationError.exit_status)
        state.should_terminate = ConfigurationError.exit_status

    def leave_logging(**_: object) -> None:
        """Keep Celery from setting up logging its own way, by being there."""

    # Payloads are JSON, so that a worker run by root is no danger; and Celery 6's plans are no news for an operator.
    for remark in (SecurityWarning, CPendingDeprecationWarning):
        warnings.simplefilter("ignore", remark)
    signals.setup_logging.connect(leave_logging, weak=False)
    signal.signal(_CANNOT_WORK, give_up)
    worker = app.Worker(
        queues=[_QUEUES[kind]],
        concurrency=concurrency,
        pool="prefork",
        consumer_cls=keeping(keep),
        hostname=f"{kind}@%h",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return wrong[0] if wrong else int(worker.exitcode or 0)
