"""The app's access token: one for all threads, processes and hosts, asked for when nobody has one that holds.

WeCom limits how often it may be asked for, and gives the same one again while it holds (document 91039).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import MessengerUnavailableError
from bot.ports import Leases, Store

MARGIN_S = 300.0
"""A token is not used any more so long before its end, or for the last tenth of its life if that is shorter."""

LEASE_S = 15.0
"""Longer than WeCom takes to give one."""

PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: its end and when it was given, in Unix time."""

    text: str = field(repr=False)
    until: float
    given_at: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """Keeps the token under `wecom-token:<owner>`; `ask` asks WeCom for one, and returns it with its life in seconds.

    All methods raise what stores raise, and what `ask` raises.
    """

    store: Store
    leases: Leases
    owner: str
    ask: Callable[[], tuple[str, float]]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> str:
        """Return a token that holds."""
        known = self._known()
        return known.text if known else self._renewed("", 0.0)

    def renewed(self, refused: str, sent_at: float) -> str:
        """Return another token than the one that WeCom refused in a call that was made at `sent_at`, in Unix time.

        What somebody else was given since then holds as far as anybody knows, and is not asked for again.
        """
        return self._renewed(refused, sent_at)

    def _renewed(self, refused: str, sent_at: float) -> str:
        with self._lock:
            until = time.monotonic() + LEASE_S
            while time.monotonic() < until:
                if found := self._better(refused, sent_at):
                    return found
                held = self.leases.acquire(self._key, LEASE_S)
                if held is None:
                    time.sleep(PAUSE_S)
                    continue
                try:
                    return self._better(refused, sent_at) or self._asked()
                finally:
                    self.leases.release(self._key, held)
        message = "Another process has been asking WeCom for an access token for too long."
        raise MessengerUnavailableError(message)

    def _better(self, refused: str, sent_at: float) -> str:
        known = self._known()
        return known.text if known and (known.text != refused or known.given_at > sent_at) else ""

    def _asked(self) -> str:
        text, life_s = self.ask()
        now = time.time()
        use_s = life_s - min(MARGIN_S, life_s / 10)
        value = {"text": text, "until": now + use_s, "given_at": now}
        self.store.put(self._key, json.dumps(value).encode(), max(use_s, 1.0))
        return text

    def _known(self) -> Token | None:
        value = self.store.get(self._key)
        known = Token(**json.loads(value)) if value else None
        return known if known and time.time() < known.until else None

    @property
    def _key(self) -> str:
        return f"wecom-token:{self.owner}"
