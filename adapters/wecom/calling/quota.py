"""How much may be said: to one member by an app 30 messages a minute and 1,000 an hour, of which WeCom drops more.

Who is over it waits (developer.work.weixin.qq.com/document/path/90312).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import MessengerBusyError
from bot.ports import Leases, Store

A_MINUTE, AN_HOUR = 30, 1_000
MINUTE_S, HOUR_S = 60.0, 3_600.0
MARGIN_S = 3.0
"""A message may take so much longer than another one to reach WeCom, which counts when it comes."""

LEASE_S = 5.0
WAIT_S = 2.0
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class Quota:
    """Keeps when what was sent to each member, or by a robot, for all processes, under `wecom-quota:<owner>:<user>`."""

    store: Store
    leases: Leases
    owner: str
    now: Callable[[], float] = time.time
    a_minute: int = A_MINUTE
    an_hour: int = AN_HOUR

    def take(self, user: str) -> None:
        """Count one message that is about to be sent.

        Raises `MessengerBusyError`, and counts nothing, where it must wait; and what stores raise.
        """
        key, until = f"wecom-quota:{self.owner}:{user}", time.monotonic() + WAIT_S
        while (held := self.leases.acquire(key, LEASE_S)) is None:
            if time.monotonic() > until:
                message = "another process sends to the same place"
                raise MessengerBusyError(message, 1.0)
            time.sleep(PAUSE_S)
        try:
            self._take(key)
        finally:
            self.leases.release(key, held)

    def _take(self, key: str) -> None:
        now, value = self.now(), self.store.get(key)
        sent = [at for at in (json.loads(value) if value else []) if now - HOUR_S - MARGIN_S < at <= now + MARGIN_S]
        rest = max(_rest(sent, self.a_minute, MINUTE_S, now), _rest(sent, self.an_hour, HOUR_S, now))
        if rest > 0:
            message = f"no more messages may go there for {rest:.1f} s"
            raise MessengerBusyError(message, rest)
        self.store.put(key, json.dumps([*sent, round(now, 3)]).encode(), HOUR_S + MARGIN_S)


def _rest(sent: list[float], most: int, window_s: float, now: float) -> float:
    """Return how long it takes until fewer than `most` were sent within the window."""
    return 0.0 if len(sent) < most else sent[-most] + window_s + MARGIN_S - now
