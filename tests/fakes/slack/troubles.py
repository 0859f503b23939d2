"""Misbehaviour on order, by method and channel, and the quotas of Slack's tiers where they are switched on."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

Kind = Literal["429", "error", "reset", "slow", "html"]
TIERS = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "reactions.remove": 20,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "chat.update": 50,
    "chat.delete": 50,
    "reactions.add": 50,
    "conversations.replies": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.open": 50,
    "apps.connections.open": 50,
    "users.conversations": 50,
}
"""Calls a minute (docs.slack.dev/apis/web-api/rate-limits); what is not here is of tier 4."""
TIER_4 = 100
POSTS_A_MINUTE = 300
BURST = 5
MINUTE_S = 60.0


@dataclass
class Trouble:
    """One order: `times` calls, or all of them until a moment; a `stored` call takes effect all the same."""

    kind: Kind
    method: str
    channel: str = ""
    times: int = 1
    until: float = 0.0
    seconds: float = 0.0
    status: int = 500
    stored: bool = False
    told: bool = False

    def concerns(self, method: str, channel: str) -> bool:
        """Return whether a call is meant."""
        return self.method in {"*", method} and self.channel in {"", channel}

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return time.monotonic() >= self.until if self.until else self.times <= 0


class Troubles:
    """The orders that are open; called by many threads at once."""

    def __init__(self) -> None:
        self.early: list[str] = []
        """Methods that were called again before their Retry-After was over."""
        self.tiers = False
        """Whether the quotas of the tiers are kept."""
        self._open: list[Trouble] = []
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def limit(self, method: str = "*", seconds: float = 5.0, channel: str = "") -> None:
        """Answer 429 for so long."""
        self._order(Trouble("429", method, channel, until=time.monotonic() + seconds))

    def fail(
        self, method: str = "*", times: int = 1, *, status: int = 500, channel: str = "", stored: bool = False
    ) -> None:
        """Answer with an HTTP error."""
        self._order(Trouble("error", method, channel, times, status=status, stored=stored))

    def reset(self, method: str = "*", times: int = 1, *, channel: str = "", stored: bool = True) -> None:
        """Reset the connection instead of answering."""
        self._order(Trouble("reset", method, channel, times, stored=stored))

    def slow(self, method: str = "*", seconds: float = 5.0, times: int = 1, *, channel: str = "") -> None:
        """Do it at once, and answer late."""
        self._order(Trouble("slow", method, channel, times, seconds=seconds, stored=True))

    def page(self, method: str = "*", times: int = 1, *, channel: str = "") -> None:
        """Answer with a page of HTML and status 200."""
        self._order(Trouble("html", method, channel, times))

    def calm(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._open.clear()

    def _order(self, trouble: Trouble) -> None:
        with self._lock:
            self._open.append(trouble)

    def take(self, method: str, channel: str) -> Trouble | None:
        """Return what happens to a call, and count it."""
        with self._lock:
            self._open = [each for each in self._open if not each.over]
            for trouble in self._open:
                if trouble.concerns(method, channel):
                    trouble.times -= 1
                    if trouble.kind == "429":
                        self.early += [method] * trouble.told
                        trouble.told = True
                        trouble.seconds = trouble.until - time.monotonic()
                    return trouble
            return self._quota(method, channel) if self.tiers else None

    def _quota(self, method: str, channel: str) -> Trouble | None:
        """Return a 429 where a quota is used up: a minute's, and for posts one a second and channel beyond a burst."""
        now = time.monotonic()
        posting = method == "chat.postMessage"
        quotas = [
            (("*" if posting else method, ""), TIERS.get(method, TIER_4) if not posting else POSTS_A_MINUTE, MINUTE_S)
        ]
        if posting:
            quotas.append(((method, channel), BURST, float(BURST)))
        for key, most, window_s in quotas:
            calls = self._calls[key]
            while calls and calls[0] <= now - window_s:
                calls.popleft()
            if len(calls) >= most:
                return Trouble("429", method, channel, seconds=calls[0] + window_s - now)
        for key, _, _ in quotas:
            self._calls[key].append(now)
        return None
