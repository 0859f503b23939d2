"""Opens the queue engine of `QUORUM_QUEUE` for those who put something in; `inline://` has none."""

from __future__ import annotations

import importlib.util
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
