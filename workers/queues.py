"""Opens the queue engine of `QUORUM_QUEUE` for those who put something in; `inline://` has none."""

from __future__ import annotations

import importlib.util
from contextlib import closing
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from bot.settings import Settings
    from workers.celery_dispatch import CeleryDispatcher

_INLINE = "inline"


def is_inline(settings: Settings) -> bool:
    """Tell whether questions are answered by the process that takes them, `quorum serve`."""
    return settings.queue.partition(":")[0] == _INLINE


def open_dispatcher(settings: Settings) -> CeleryDispatcher:
    """Open the queue engine; connects to nothing yet. Raises `ConfigurationError` where there is none."""
    if is_inline(settings):
        message = (
            f"QUORUM_QUEUE={settings.queue!r} is inside of `quorum serve`, and no other process can reach it. "
            "Set QUORUM_QUEUE=redis://host:6379/1 for workers of their own."
        )
        raise ConfigurationError(message)
    for library in ("celery", "redis"):
        if importlib.util.find_spec(library) is None:
            raise MissingExtraError(library, "engines")
    from workers.celery_dispatch import CeleryDispatcher

    return CeleryDispatcher(settings)


def examine(settings: Settings) -> list[str]:
    """Ask the queue engine whether it takes anything, and say what is unwise about it.

    Raises the errors of the Redis store, which say what to do, or `QueueUnavailableError`.
    """
    with closing(open_dispatcher(settings)) as dispatcher:
        from bot.backends.redis import health
        from bot.backends.redis.connecting import Connection

        with closing(Connection(settings.queue, "QUORUM_QUEUE")) as connection:
            unwise = health.examine(connection)
        dispatcher.ping()
    if settings.store_url.startswith("sqlite:"):
        unwise.append("QUORUM_STORE is a file of this host: workers on other hosts cannot answer. Set it to Redis too")
    return unwise
