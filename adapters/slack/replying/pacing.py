"""How often progress is shown: answers come first, and Slack lets us edit messages fifty times a minute in all."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.ports import Store

GAP_S = 1.5
"""Between two edits of one message."""

WINDOW_S = 15.0
PER_WINDOW = 5
"""Edits of all messages, of all processes together: 20 a minute, which leaves 30 for answers."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Hands out turns to edit, kept in the store for all processes."""

    store: Store

    def takes(self, channel: str, ts: str) -> bool:
        """Take a turn to show progress in a message, if there is one. Raises `StoreUnavailableError`."""
        if not self.store.add(f"slack-progress:{channel}:{ts}", b"", GAP_S):
            return False
        window = int(time.time() / WINDOW_S)
        return any(self.store.add(f"slack-progress:{window}:{turn}", b"", WINDOW_S) for turn in range(PER_WINDOW))
