"""The outbox: a list in the store of streams whose last words are to be shown, written by any process, read by one.

A store has neither lists nor messages; numbered keys that are added only if absent make one that outlives everybody.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from bot.ports import Store

KEPT_S = 7 * 86_400.0
_TAIL, _READ = "wecom-outbox:tail", "wecom-outbox:read"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Appends from any process. All methods raise `StoreUnavailableError`."""

    store: Store

    def append(self, stream: str) -> int:
        """Put a stream at the end of the list, and return its number."""
        number = _number(self.store.get(_TAIL)) + 1
        while not self.store.add(_key(number), stream.encode(), KEPT_S):
            number += 1
        self.store.put(_TAIL, str(number).encode())
        return number


@dataclass
class OutboxReader:
    """Reads the list from the first entry that was not done with; only one process at a time may read.

    All methods raise `StoreUnavailableError`; any number of threads may call them.
    """

    store: Store
    _read: int | None = None
    _open: set[int] = field(default_factory=set)
    _noted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> tuple[int, str] | None:
        """Return the next entry, its number and its stream, or None where there is none yet."""
        with self._lock:
            return self._next()

    def done(self, *numbers: int) -> None:
        """Be done with entries: the next reader does not begin before them."""
        with self._lock:
            self._open.difference_update(numbers)
            lowest = min(self._open, default=(self._read or 0) + 1) - 1
            if lowest > self._noted:
                self.store.put(_READ, str(lowest).encode())
                self._noted = lowest

    def _next(self) -> tuple[int, str] | None:
        if self._read is None:
            self._read = self._noted = _number(self.store.get(_READ))
        number = self._read + 1
        found = self.store.get(_key(number))
        while found is None and number < self._end():
            number += 1  # its time was over before anybody read it
            found = self.store.get(_key(number))
        if found is None:
            return None
        self._read = number
        self._open.add(number)
        return number, found.decode()

    def _end(self) -> int:
        """Return the last number as far as it is noted; looked at only where an entry is missing at the beginning."""
        return 0 if self._open or (self._read or 0) > self._noted else _number(self.store.get(_TAIL))


def _number(kept: bytes | None) -> int:
    return int(kept or 0)


def _key(number: int) -> str:
    return f"wecom-outbox:{number}"
