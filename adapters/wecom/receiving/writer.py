"""Writes to the conversations over the long connection: one frame after the other in each, answers before progress."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.wecom.layout.bodies import Body
from adapters.wecom.receiving.connection import Connection, LostError, UnacknowledgedError
from adapters.wecom.receiving.pushing import IDLE_S, Pushing
from bot.conversation.leasing import FAILURES

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""So long a conversation waits after the store, or the connection, failed."""

KEPT_S = 120.0
"""So long a conversation in which nothing is to be said keeps its writer."""


@dataclass(eq=False)
class Track:
    """A stream that a writer looks after, and the entries of the outbox that ask for its last words."""

    stream: str
    entries: list[int] = field(default_factory=list)
    sent: str = ""
    conflicts: int = 0
    closing: bool = False
    due_at: float = 0.0


@dataclass(frozen=True)
class Instant:
    """A frame that is of use within seconds, and on one connection alone."""

    command: str
    body: Body
    request: str
    link: str


@dataclass
class Writer:
    """One conversation's; `done` is told of entries of the outbox that need nothing more."""

    chat: str
    pushing: Pushing
    line: Callable[[], Connection | None]
    done: Callable[[list[int]], None]
    _instants: list[Instant] = field(default_factory=list)
    _tracks: dict[str, Track] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, instant: Instant) -> None:
        """Send a frame now or never."""
        self._instants.append(instant)
        self._woken.set()

    def track(self, stream: str, entry: int | None = None) -> None:
        """Look after a stream from now on."""
        found = self._tracks.setdefault(stream, Track(stream))
        if entry is not None:
            found.entries.append(entry)
        found.due_at = 0.0
        self._woken.set()

    def wake(self) -> None:
        """Look at everything again: there is another connection."""
        for track in self._tracks.values():
            track.due_at = 0.0
        self._woken.set()

    async def run(self) -> None:
        """Write until nothing was to be said for a while."""
        idle_since = time.monotonic()
        while self._instants or self._tracks or time.monotonic() - idle_since < KEPT_S:
            if self._instants:
                await self._instant(self._instants.pop(0))
            elif (track := self._next()) is not None:
                await self._step(track)
            else:
                await self._rest()
                continue
            idle_since = time.monotonic()

    def _next(self) -> Track | None:
        """Return what is due: what has its last words before what goes on, each in the order in which it came."""
        due = [each for each in self._tracks.values() if each.due_at <= time.monotonic()]
        return min(due, key=lambda each: (not each.entries, each.entries[:1]), default=None)

    async def _rest(self) -> None:
        """Wait until something is due, or somebody wakes us."""
        self._woken.clear()
        first = min((each.due_at for each in self._tracks.values()), default=time.monotonic() + IDLE_S)
        try:
            await asyncio.wait_for(self._woken.wait(), max(0.01, first - time.monotonic()))
        except TimeoutError:
            return

    async def _instant(self, instant: Instant) -> None:
        connection = self.line()
        if connection is None or connection.id != instant.link:
            return
        try:
            await self.pushing.instantly(connection, self.chat, instant.command, instant.body, instant.request)
        except (LostError, UnacknowledgedError, *FAILURES) as exc:
            log.info("wecom: a frame of %s did not arrive: %s", instant.command, type(exc).__name__)

    async def _step(self, track: Track) -> None:
        """Do what is due for a stream, and plan when to look at it again."""
        known, line = len(track.entries), self.line()
        try:
            pause = await self.pushing.step(line, self.chat, track)
        except (LostError, UnacknowledgedError, *FAILURES) as exc:
            log.info("wecom: stream %s waits: %s", track.stream, type(exc).__name__)
            pause = AGAIN_S
        if pause is not None or len(track.entries) > known:
            is_new = line is not self.line() or len(track.entries) > known
            track.due_at = time.monotonic() + (0.0 if is_new else pause or 0.0)
            return
        del self._tracks[track.stream]
        self.done(track.entries)
