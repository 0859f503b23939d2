"""Messages that were heard a moment ago: Slack tells of each mention in two events, and of many things more than once.

What is remembered is safe already. A process that dies forgets it, and another one asks the ledger.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KEPT_S = 30.0
REMEMBERED = 10_000
_STRIPES = 64


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Lets a message be heard once in `kept_s` seconds; any number of threads may call it."""

    kept_s: float = KEPT_S
    _heard: dict[str, float] = field(default_factory=dict)
    _locks: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(_STRIPES)))

    def once(self, message: str, hear: Callable[[], T], before: T) -> T:
        """Return what `hear` returns, or `before` where that was called before; one that raised counts as not heard.

        A repetition waits for the end of what is being heard.
        """
        with self._locks[hash(message) % _STRIPES]:
            if time.monotonic() - self._heard.get(message, -self.kept_s) < self.kept_s:
                return before
            found = hear()
            self._heard.pop(message, None)
            self._heard[message] = time.monotonic()
            if len(self._heard) > REMEMBERED:
                self._heard.pop(next(iter(self._heard)), None)
            return found
