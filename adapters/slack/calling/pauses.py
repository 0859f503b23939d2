"""Remembers, for all processes, until when Slack wants to be left alone: by method, for posts by channel too."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import MessengerBusyError
from bot.ports import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTING = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Methods whose quota is that of a channel (docs.slack.dev/apis/web-api/rate-limits)."""

LONGEST_S = 600.0

WAIT_S = 0.2
"""So long a call waits for the one before it, which may learn of a pause; a slow one delays nobody for longer."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Keeps the end of each pause, a Unix time, under `slack-pause:<method>[:<channel>]`."""

    store: Store
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    @contextmanager
    def turn(self, method: str, channel: str) -> Iterator[None]:
        """Make one call of this process at a time, as far as that takes no time. Raises as `respect` does."""
        lock = self._locks.setdefault(_key(method, channel), threading.Lock())
        is_ours = lock.acquire(timeout=WAIT_S)
        try:
            self.respect(method, channel)
            yield
        finally:
            if is_ours:
                lock.release()

    def respect(self, method: str, channel: str) -> None:
        """Raise `MessengerBusyError` while a pause lasts."""
        value = self.store.get(_key(method, channel))
        rest = 0.0 if value is None else float(value) - time.time()
        if 0 < rest <= LONGEST_S:
            raise _busy(method, rest)

    def begin(self, method: str, channel: str, seconds: float) -> MessengerBusyError:
        """Remember a pause that begins now, and return the error that says so."""
        lasting = min(max(seconds, 1.0), LONGEST_S)
        self.store.put(_key(method, channel), f"{time.time() + lasting:.3f}".encode(), lasting)
        return _busy(method, lasting)


def _busy(method: str, rest: float) -> MessengerBusyError:
    return MessengerBusyError(f"Slack wants no {method} for {rest:.1f} s", rest, is_asked=True)


def _key(method: str, channel: str) -> str:
    return f"slack-pause:{method}:{channel}" if method in POSTING and channel else f"slack-pause:{method}"
