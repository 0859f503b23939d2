"""How many frames go to one conversation: 30 a minute and 1,000 an hour, progress never at the cost of answers."""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from bot.ports import Store

MINUTE_S, HOUR_S = 60.0, 3_600.0
A_MINUTE, AN_HOUR = 30, 1_000
MARGIN_S = 1.0
"""A frame reaches WeCom later than we count it."""

FIRST, PROGRESS = 8, 16
"""So many of a minute's frames are left alone by first frames, and by progress."""


@dataclass
class Quota:
    """Counts what the one process that holds the connection sends, under `wecom-frames:<chat>` for whoever is next.

    `wait_s` asks nobody but for a conversation that is new; `load` and `save` raise `StoreUnavailableError`, and may be
    called on another thread than the rest.
    """

    store: Store
    _sent: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[str, float] = field(default_factory=dict)

    def load(self, chat: str) -> None:
        """Begin with what another process counted."""
        if chat not in self._sent:
            kept = self.store.get(_key(chat))
            self._sent[chat] = deque(json.loads(kept) if kept else ())

    def wait_s(self, chat: str, spared: int = 0) -> float:
        """Return in how many seconds one more frame may go, such that `spared` others may go within its minute."""
        sent, now = self._sent[chat], time.time()
        while sent and not now - HOUR_S - MARGIN_S < sent[0] <= now:
            sent.popleft()
        rest = self._until.get(chat, 0.0) - now
        minute = A_MINUTE - spared
        if len(sent) >= minute:
            rest = max(rest, sent[-minute] + MINUTE_S + MARGIN_S - now)
        if len(sent) >= AN_HOUR:
            rest = max(rest, sent[-AN_HOUR] + HOUR_S + MARGIN_S - now)
        return max(0.0, rest)

    def take(self, chat: str) -> None:
        """Count a frame that is about to go."""
        self._sent[chat].append(round(time.time(), 1))

    def pause(self, chat: str, seconds: float) -> None:
        """Leave a conversation alone: WeCom counted more than we did."""
        self._until[chat] = time.time() + seconds

    def save(self, chat: str) -> None:
        """Leave the count to whoever is next."""
        self.store.put(_key(chat), json.dumps(list(self._sent[chat])).encode(), HOUR_S)

    def forget(self, chat: str) -> None:
        """Keep no count of a conversation in memory."""
        self._sent.pop(chat, None)
        self._until.pop(chat, None)


def _key(chat: str) -> str:
    return f"wecom-frames:{chat}"
