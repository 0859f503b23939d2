"""Takes messages from the queue as Celery does, but keeps what is no task of ours instead of logging it whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from celery.worker.consumer import Consumer

from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable

    Keep = Callable[[bytes, str], None]

log = logging.getLogger(__name__)


def keeping(keep: Keep) -> type[Consumer]:
    """Return a consumer class that gives the body of every message it cannot work on to `keep`, with the reason."""

    class Keeping(Consumer):  # type: ignore[misc] # Celery carries no types
        """Puts what nobody can work on among the dead letters; its texts reach no log."""

        def on_decode_error(self, message: Any, exc: Exception) -> None:  # noqa: ANN401 - Celery's signature
            self._put_aside(message, f"A message of the queue cannot be read: {type(exc).__name__}.")

        def on_unknown_message(self, body: Any, message: Any) -> None:  # noqa: ANN401, ARG002 - Celery's signature
            self._put_aside(message, "A message of the queue is no task.")

        def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ANN401, ARG002 - Celery's signature
            self._put_aside(message, "A message of the queue names a task of another version, or of another program.")

        def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ANN401, ARG002 - Celery's signature
            self._put_aside(message, f"A message of the queue is no task of ours: {type(exc).__name__}.")

        def _put_aside(self, message: Any, why: str) -> None:  # noqa: ANN401 - kombu carries no types
            body = message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")
            try:
                keep(body, f"{why} See quorum doctor.")
            except QuorumError as exc:  # it stays in the queue, and comes again after the visibility timeout
                log.warning("a message that cannot be worked on cannot be kept either: %s", type(exc).__name__)
                return
            log.warning("%s Its %d bytes are among the dead letters.", why, len(body))
            message.ack_log_error(log, self.connection_errors)

    return Keeping
