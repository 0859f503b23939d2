"""Remembers, for all processes, until when Slack wants to be left alone: by method, for posts by channel too."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.errors import MessengerBusyError
from bot.ports import Store

POSTING = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Methods whose quota is that of a channel (docs.slack.dev/apis/web-api/rate-limits)."""

LONGEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Pauses:
    """Keeps the end of each pause, a Unix time, under `slack-pause:<method>[:<channel>]`."""

    store: Store

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
    return MessengerBusyError(f"Slack wants no {method} for {rest:.1f} s", rest)


def _key(method: str, channel: str) -> str:
    return f"slack-pause:{method}:{channel}" if method in POSTING and channel else f"slack-pause:{method}"
