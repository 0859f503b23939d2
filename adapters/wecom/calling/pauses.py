"""Remembers, for all processes, until when WeCom wants to be left alone, and lets one of them look whether it is over.

A refused app asks less and less often: 3, 6, 12 … 60 seconds lie between its tries (45009, document 90312).
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import MessengerBusyError
from bot.ports import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_S, LONGEST_S = 3.0, 60.0
SUSPECT_S = 60.0
"""So long after a pause is over the next calls come one by one, until one of them was answered."""

TRYING_S = 15.0
"""Longer than one call takes."""

AGAIN_S = 1.0
WAIT_S = 0.1
"""So long a call waits for the one before it, which may learn of a pause; a slow one delays nobody for longer."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Keeps the pause of one app under `wecom-pause:<owner>`: its end in Unix time, and how many there were in a row.

    All methods raise `StoreUnavailableError`.
    """

    store: Store
    owner: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Make one call of this process at a time, as far as that takes no time. Raises `MessengerBusyError`."""
        is_ours = self._lock.acquire(timeout=WAIT_S)
        try:
            with self._trial() if self._suspects() else nullcontext():
                yield
        finally:
            if is_ours:
                self._lock.release()

    def begin(self) -> MessengerBusyError:
        """Remember a pause that begins now, and return the error that says so."""
        _, before = self._known()
        lasting = min(FIRST_S * 2**before, LONGEST_S)
        value = json.dumps({"until": time.time() + lasting, "number": before + 1})
        self.store.put(self._key, value.encode(), lasting + SUSPECT_S)
        return _busy(lasting)

    def _suspects(self) -> bool:
        """Tell whether there was a pause lately; raises `MessengerBusyError` while it lasts."""
        rest, number = self._known()
        if rest > 0:
            raise _busy(rest)
        return number > 0

    @contextmanager
    def _trial(self) -> Iterator[None]:
        """Make the one call that looks whether all is well again. Raises `MessengerBusyError` while another does."""
        key = f"wecom-trial:{self.owner}"
        if not self.store.add(key, b"", TRYING_S):
            raise _busy(AGAIN_S)
        try:
            yield
            self.store.delete(self._key)
        finally:
            self.store.delete(key)

    def _known(self) -> tuple[float, int]:
        """Return how much of a pause is left, and how many there were; a clock that was set back ends it."""
        value = self.store.get(self._key)
        if value is None:
            return 0.0, 0
        kept = json.loads(value)
        rest = float(kept["until"]) - time.time()
        return (rest if rest <= LONGEST_S else 0.0), int(kept["number"])

    @property
    def _key(self) -> str:
        return f"wecom-pause:{self.owner}"


def _busy(rest: float) -> MessengerBusyError:
    return MessengerBusyError(f"WeCom wants no calls for {rest:.1f} s", rest)
