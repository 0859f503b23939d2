"""Misbehaviour on order, by method or command and by chat, and the quotas that WeCom keeps always."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["code", "error", "page", "reset", "slow", "lost", "cut"]
MINUTE_S, HOUR_S = 60.0, 3600.0
BUSY = -1
MESSAGES = {
    -1: "system busy",
    40001: "invalid credential",
    40014: "invalid access_token",
    42001: "access_token expired",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    60020: "not allow to access from your ip, hint: [1700000000_1_fake], from ip: 203.0.113.7, more info at",
    6000: "data version conflict",
    846608: "stream message update expired",
    846609: "aibot websocket not subscribed",
}


@dataclass
class Trouble:
    """One order: `times` calls, or all of them until a moment; a `stored` call takes effect all the same."""

    kind: Kind
    method: str
    place: str = ""
    times: int = 1
    until: float = 0.0
    seconds: float = 0.0
    status: int = 500
    code: int = BUSY
    stored: bool = False

    def concerns(self, method: str, place: str) -> bool:
        """Return whether a call is meant."""
        return self.method in {"*", method} and self.place in {"", place}

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return time.monotonic() >= self.until if self.until else self.times <= 0

    @property
    def reply(self) -> dict[str, object]:
        """What a refusal says."""
        return {"errcode": self.code, "errmsg": MESSAGES.get(self.code, "refused on order")}


class Troubles:
    """The orders that are open; called by many threads at once. `method` may be a command of the long connection."""

    def __init__(self) -> None:
        self._open: list[Trouble] = []
        self._lock = threading.Lock()

    def refuse(
        self,
        method: str = "*",
        code: int = BUSY,
        times: int = 1,
        *,
        seconds: float = 0.0,
        place: str = "",
        stored: bool = False,
    ) -> None:
        """Answer with an errcode: so many times, or for so long."""
        until = time.monotonic() + seconds if seconds else 0.0
        self._order(Trouble("code", method, place, times, until, code=code, stored=stored))

    def fail(
        self, method: str = "*", times: int = 1, *, status: int = 500, place: str = "", stored: bool = False
    ) -> None:
        """Answer with an HTTP error."""
        self._order(Trouble("error", method, place, times, status=status, stored=stored))

    def reset(self, method: str = "*", times: int = 1, *, place: str = "", stored: bool = True) -> None:
        """Reset the connection instead of answering."""
        self._order(Trouble("reset", method, place, times, stored=stored))

    def slow(self, method: str = "*", seconds: float = 5.0, times: int = 1, *, place: str = "") -> None:
        """Do it at once, and answer late."""
        self._order(Trouble("slow", method, place, times, seconds=seconds, stored=True))

    def page(self, method: str = "*", times: int = 1, *, place: str = "") -> None:
        """Answer with a page of HTML and status 200."""
        self._order(Trouble("page", method, place, times))

    def lose(self, command: str = "*", times: int = 1, *, place: str = "", stored: bool = True) -> None:
        """Acknowledge a frame never; a command of WeCom's own is never sent."""
        self._order(Trouble("lost", command, place, times, stored=stored))

    def cut(self, command: str = "*", times: int = 1, *, place: str = "", stored: bool = True) -> None:
        """End the long connection at a frame instead of acknowledging it."""
        self._order(Trouble("cut", command, place, times, stored=stored))

    def calm(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._open.clear()

    def _order(self, trouble: Trouble) -> None:
        with self._lock:
            self._open.append(trouble)

    def take(self, method: str, place: str) -> Trouble | None:
        """Return what happens to a call, and count it."""
        with self._lock:
            self._open = [each for each in self._open if not each.over]
            found = next((each for each in self._open if each.concerns(method, place)), None)
            if found:
                found.times -= 1
            return found


@dataclass
class Quota:
    """So many a minute and so many an hour for each place; the clock is the corp's."""

    a_minute: int
    an_hour: int
    now: Callable[[], float]
    _taken: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, place: str) -> bool:
        """Count one, and return whether it was within the quota; one that was not is not counted."""
        taken, now = self._taken[place], self.now()
        while taken and taken[0] <= now - HOUR_S:
            taken.popleft()
        within = sum(each > now - MINUTE_S for each in taken) < self.a_minute and len(taken) < self.an_hour
        if within:
            taken.append(now)
        return within
