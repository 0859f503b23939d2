"""Access tokens: one for two hours, the same for everybody who asks; it can end early on order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from uuid import uuid4

from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.refused import refuse

LIFE_S = 7200.0


@dataclass
class Tokens:
    """The tokens of the app."""

    corp: Corp
    life_s: float = LIFE_S
    issued: list[str] = field(default_factory=list)
    """Every token that there ever was."""
    _ends: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self) -> tuple[str, int]:
        """Return the token that holds and how many seconds it does, a new one where the last is over."""
        with self._lock:
            last = self.issued[-1] if self.issued else ""
            left = self._ends.get(last, 0.0) - self.corp.now()
            if left <= 0:
                last, left = f"fake-access-token-{uuid4().hex}{'x' * 160}", self.life_s
                self.issued.append(last)
                self._ends[last] = self.corp.now() + left
            return last, int(left)

    def check(self, token: str) -> None:
        """Refuse a token that is missing, wrong, ended or over."""
        if not token:
            refuse(41001, "access_token missing")
        with self._lock:
            ends = self._ends.get(token)
        if ends is None:
            refuse(40014, "invalid access_token")
        if self.corp.now() >= ends:
            refuse(42001, "access_token expired")

    def revoke(self) -> None:
        """End every token early: they are invalid (40014)."""
        with self._lock:
            self._ends.clear()

    def expire(self) -> None:
        """End every token as if its two hours were over (42001)."""
        with self._lock:
            self._ends = dict.fromkeys(self._ends, 0.0)
