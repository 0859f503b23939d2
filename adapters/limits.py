"""How much is taken: questions of one person in a minute, and unfinished questions in all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from adapters.background import Background
from bot.errors import QuorumError
from bot.ports import Store

MINUTE_S = 60.0
REFUSED_S = 3_600.0
"""A platform delivers a message again within minutes; one that was refused stays so."""

FULL_S = 1.0
"""So long nobody looks again whether a person who asked too much may ask."""

COUNTED_S = 3.0
RARELY = 20
"""The pause before the next count is this many times as long as the last one took: a long list is counted rarely."""

REMEMBERED = 10_000
"""Messages whose verdict is known without asking anybody."""

_STRIPES = 64

Verdict = Literal["taken", "limit", "busy", "refused"]
"""Take it; too much of this person's; too much in all; refused before, of which its asker has been told."""


@dataclass
class Backlog:
    """How many questions wait in all: counted in the background every few seconds, and estimated in between."""

    count: Callable[[], int]
    most: int
    background: Background
    _known: int = 0
    _until: float = 0.0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def number(self) -> int:
        """The number as far as it is known; asks for it anew without waiting."""
        if time.monotonic() >= self._until and self._counting.acquire(blocking=False):
            self._until = time.monotonic() + COUNTED_S
            self._counting.release()
            self.background.do("counting what waits", self.refresh)
        return self._known

    @property
    def is_full(self) -> bool:
        """Whether people are asked to come back."""
        return self.number >= self.most

    def add(self) -> None:
        """Estimate one more."""
        self._known += 1

    def refresh(self) -> None:
        """Count now; what cannot be counted stays as it was."""
        began = time.monotonic()
        try:
            self._known = self.count()
        except QuorumError:
            return
        ended = time.monotonic()
        self._until = max(self._until, ended + RARELY * (ended - began))


@dataclass
class Limits:
    """Counts each message once, however often and in however many kinds of event it comes.

    A person has `per_minute` seats in the store, each of which a question keeps for a minute: processes that share the
    store share the seats. A person is named with where they are. All methods may raise `StoreUnavailableError`.
    """

    store: Store
    backlog: Backlog
    per_minute: int
    window_s: float = MINUTE_S
    _taken: dict[str, None] = field(default_factory=dict)
    _remembering: threading.Lock = field(default_factory=threading.Lock)
    _next: dict[str, int] = field(default_factory=dict)
    _full: dict[str, float] = field(default_factory=dict)
    _locks: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(_STRIPES)))

    def verdict(self, question_id: str, person: str) -> Verdict:
        """Decide on a message that is not in the ledger."""
        with self._locks[hash(person) % _STRIPES]:
            if question_id in self._taken:
                return "taken"
            if self.store.get(_refused(question_id)) is not None:
                return "refused"
            found: Verdict = "busy" if self.backlog.is_full else "limit"
            if found == "limit" and self._has_seat(person, question_id):
                self.backlog.add()
                self._remember(question_id)
                return "taken"
            self.store.put(_refused(question_id), b"1", REFUSED_S)
            return found

    def may_tell(self, person: str) -> bool:
        """Tell whether the person may hear of a refusal: once a minute."""
        return self.store.add(f"asking-told:{person}", b"1", self.window_s)

    def _has_seat(self, person: str, question_id: str) -> bool:
        """Take a free seat, if there is one."""
        if time.monotonic() < self._full.get(person, 0.0):
            return False
        first = self._next.get(person, 0)
        for step in range(self.per_minute):
            seat = (first + step) % self.per_minute
            if self.store.add(f"asking-seat:{person}:{seat}", question_id.encode(), self.window_s):
                self._next[person] = (seat + 1) % self.per_minute
                return True
        self._full[person] = time.monotonic() + min(FULL_S, self.window_s)
        return False

    def _remember(self, question_id: str) -> None:
        """Know the twins and copies of a message, which come before the ledger has it."""
        with self._remembering:
            self._taken[question_id] = None
            if len(self._taken) > REMEMBERED:
                del self._taken[next(iter(self._taken))]


def _refused(question_id: str) -> str:
    return f"asking-refused:{question_id}"
