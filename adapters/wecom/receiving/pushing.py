"""Shows streams over the long connection, step by step: how far they are, their last words, and what follows later.

A frame of a stream may be sent twice, since each takes the place of the one before. A message of the bot's own accord
may not: where its acknowledgement was lost, a line says that it may be missing and can be asked for again, so that its
asker has neither two answers nor silence.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from adapters.wecom.layout import bodies
from adapters.wecom.layout.pages import BOT_MARKDOWN
from adapters.wecom.receiving import quota as quotas
from adapters.wecom.receiving.connection import Connection, LostError, UnacknowledgedError
from adapters.wecom.receiving.quota import Quota
from adapters.wecom.streams.book import LATER, StreamBook, total, under
from adapters.wecom.streams.showing import Showing, last, later, state
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.layout.bodies import Body
    from adapters.wecom.streams.book import Look
    from adapters.wecom.streams.places import Final, Place

log = logging.getLogger(__name__)

RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"
OK, BUSY, CONFLICT, FOREIGN, EXPIRED, UNSUBSCRIBED = 0, -1, 6000, 846605, 846608, 846609
LIMITED = frozenset({45009, 45033})
GAP_S = 2.5
"""Between two frames of progress of one stream."""

IDLE_S = 30.0
AGAIN_S, LIMITED_S = 1.0, 5.0
CONFLICTS = 5
"""So often a frame meets another version of its stream, before the answer follows by another way."""

ALIVE_S = 3.0
"""A connection on which nothing came for so long is asked for a sign of life before it is trusted with a message."""

SINGLE, GROUP = 1, 2
Outcome = Literal["shown", "again", "limited", "broken", "refused"]


class Tracked(Protocol):
    """What is remembered of a stream between two steps: its id, and what was sent last on this connection.

    It is `closing` while it ended without its answer, and people may not have seen that yet.
    """

    stream: str
    sent: str
    conflicts: int
    closing: bool


@dataclass(frozen=True)
class Pushing:
    """Takes one step at a time; `broken` is told of a connection on which nothing is subscribed any more.

    Methods raise `LostError`, `UnacknowledgedError`, and what stores raise.
    """

    showing: Showing
    quota: Quota
    broken: Callable[[Connection], None]

    @property
    def book(self) -> StreamBook:
        """Where the streams are kept."""
        return self.showing.book

    async def instantly(self, connection: Connection, chat: str, command: str, body: Body, request: str) -> None:
        """Send a frame that nobody needs later; none where the quota is used up."""
        if await self._wait_s(chat) > 0:
            log.info("wecom: a frame of %s is left out: the conversation's quota is used up", command)
            return
        await self._send(connection, chat, command, body, request)

    async def step(self, connection: Connection | None, chat: str, track: Tracked) -> float | None:
        """Do what is due for a stream; return the seconds until it is looked at again, None when nothing is left."""
        look = await asyncio.to_thread(self.book.look, track.stream)
        if look is None or look.place.mode != "socket" or (look.final and look.shown >= total(look.final)):
            return None
        if connection is None:
            return IDLE_S
        if track.closing and look.place.link == connection.id:
            return await self._close(connection, chat, track, look)
        on_stream = look.place.link == connection.id and not look.ended
        if look.final is None:
            return await self._go_on(connection, chat, track, look) if on_stream else None
        if on_stream:
            return await self._end(connection, chat, track, look, look.final)
        return await self._push(connection, chat, track.stream, look, look.final)

    async def _go_on(self, connection: Connection, chat: str, track: Tracked, look: Look) -> float | None:
        """Show how far a stream is."""
        if self.showing.is_late(look.place):
            return await self._late(chat, track)
        rest = look.place.at + self.showing.stream_seconds - time.time()
        body = state(track.stream, look)
        content = str(body["stream"]["content"])
        if content == track.sent:
            return max(0.05, min(GAP_S, rest))
        if (wait := await self._wait_s(chat, quotas.PROGRESS if track.sent else quotas.FIRST)) > 0:
            return max(0.05, min(wait, rest if rest > 0 else wait, GAP_S))
        outcome = await self._send(connection, chat, RESPOND, body, look.place.request)
        if outcome in {"shown", "refused"}:
            track.sent = content
        if outcome == "refused":
            await asyncio.to_thread(self.book.end, track.stream, LATER)
        return None if outcome == "refused" else _pause(outcome, max(0.05, min(GAP_S, rest)))

    async def _late(self, chat: str, track: Tracked) -> float:
        """Decide that a stream's answer follows later, once that can be said."""
        if (wait := await self._wait_s(chat)) > 0:
            return max(0.05, min(wait, GAP_S))
        track.closing = await asyncio.to_thread(self.book.end, track.stream, LATER) == LATER
        return 0.0

    async def _close(self, connection: Connection, chat: str, track: Tracked, look: Look) -> float:
        """Say in a stream that its answer follows later, again until WeCom takes it: else people see it go on."""
        if (wait := await self._wait_s(chat)) > 0:
            return min(wait, LIMITED_S)
        track.conflicts += 1
        track.closing = track.conflicts < CONFLICTS
        outcome = await self._send(connection, chat, RESPOND, later(track.stream, look.place), look.place.request)
        track.closing = track.closing and outcome in {"again", "limited"}
        return _pause(outcome, 0.0)

    async def _end(self, connection: Connection, chat: str, track: Tracked, look: Look, final: Final) -> float | None:
        """End a stream with its last words."""
        if (wait := await self._wait_s(chat)) > 0:
            return min(wait, LIMITED_S)
        stream, place = track.stream, look.place
        body = last(stream, place, final)
        code = await self._trying(connection, chat, stream, final, 0, (RESPOND, body, place.request))
        outcome = _outcome(code)
        track.conflicts += code == CONFLICT
        if outcome == "shown" or (code == EXPIRED and look.tried):
            await asyncio.to_thread(self.book.show, stream, final, under(final))
            await asyncio.to_thread(self.book.end, stream, final.digest)
            return 0.0
        if not look.tried and code != BUSY:  # else nobody knows what became of the frame
            await asyncio.to_thread(self.book.drop, stream)
        if outcome == "refused" or track.conflicts >= CONFLICTS:
            log.info("question %s: its stream takes no answer: errcode %d", place.question, code)
            await asyncio.to_thread(self.book.end, stream, LATER)
            return 0.0
        return self._after(connection, chat, outcome)

    async def _push(self, connection: Connection, chat: str, stream: str, look: Look, final: Final) -> float | None:
        """Send the next of the last words as a message of its own into the same chat."""
        if (wait := await self._wait_s(chat)) > 0:
            return min(wait, LIMITED_S)
        if time.monotonic() - connection.heard_at > ALIVE_S and not await connection.is_alive():
            raise UnacknowledgedError
        shown = look.shown + 1
        if look.tried:
            body = bodies.message(say("wecom_lost", look.place.language), BOT_MARKDOWN)
            await asyncio.to_thread(self.book.show, stream, final, shown)  # said once, whatever comes of it
            return self._after(connection, chat, await self._send(connection, chat, SEND, _to(look.place, body)))
        body = _message(final, look.shown)
        code = await self._trying(connection, chat, stream, final, look.shown, (SEND, _to(look.place, body), ""))
        outcome = _outcome(code)
        if outcome == "refused":
            log.error("question %s: its answer is refused: errcode %d", look.place.question, code)
        if outcome in {"shown", "refused"}:
            await asyncio.to_thread(self.book.show, stream, final, shown)
            return 0.0
        await asyncio.to_thread(self.book.drop, stream)
        return self._after(connection, chat, outcome)

    async def _trying(
        self,
        connection: Connection,
        chat: str,
        stream: str,
        final: Final,
        part: int,
        frame: tuple[str, Body, str],
    ) -> int:
        """Send one of the last words and return the errcode; noted before, so that whoever is next knows of it."""
        await asyncio.to_thread(self.book.begin, stream, final, part)
        try:
            return await self._sent(connection, chat, *frame)
        except LostError as exc:
            if not exc.was_sent:
                await asyncio.to_thread(self.book.drop, stream)
            raise

    async def _send(self, connection: Connection, chat: str, command: str, body: Body, request: str = "") -> Outcome:
        outcome = _outcome(await self._sent(connection, chat, command, body, request))
        self._after(connection, chat, outcome)
        return outcome

    async def _sent(self, connection: Connection, chat: str, command: str, body: Body, request: str) -> int:
        """Count a frame, send it, and return the errcode."""
        self.quota.take(chat)
        await asyncio.to_thread(self.quota.save, chat)
        return await connection.send(command, body, request)

    async def _wait_s(self, chat: str, spared: int = 0) -> float:
        await asyncio.to_thread(self.quota.load, chat)
        return self.quota.wait_s(chat, spared)

    def _after(self, connection: Connection, chat: str, outcome: Outcome) -> float:
        """Do what an outcome asks for, and return for how long the stream waits then."""
        if outcome == "broken":
            self.broken(connection)
        elif outcome == "limited":
            self.quota.pause(chat, LIMITED_S)
        return _pause(outcome, 0.0)


def _outcome(code: int) -> Outcome:
    if code == OK:
        return "shown"
    if code in LIMITED:
        return "limited"
    if code == UNSUBSCRIBED:
        return "broken"
    return "again" if code in {BUSY, CONFLICT} else "refused"


def _pause(outcome: Outcome, otherwise: float) -> float:
    return {"again": AGAIN_S, "limited": LIMITED_S, "broken": AGAIN_S}.get(outcome, otherwise)


def _message(final: Final, part: int) -> Body:
    if part < len(final.contents):
        return bodies.message(final.contents[part], BOT_MARKDOWN)
    return bodies.card(dict(final.card or {}))


def _to(place: Place, body: Body) -> Body:
    return {"chatid": place.chat, "chat_type": GROUP if place.room == "group" else SINGLE, **body}
