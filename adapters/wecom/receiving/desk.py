"""What stands between the long connection and the rest: hears what comes, and hands the outbox to the writers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.wecom.hearing import bots
from adapters.wecom.hearing.events import Disconnected
from adapters.wecom.receiving.bot_intake import BotIntake, Way
from adapters.wecom.receiving.connection import Connection
from adapters.wecom.receiving.pushing import Pushing
from adapters.wecom.receiving.quota import Quota
from adapters.wecom.receiving.writer import Instant, Writer
from adapters.wecom.streams.outbox import OutboxReader
from bot.conversation.leasing import FAILURES
from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from adapters.wecom.hearing.events import Event
    from adapters.wecom.hearing.frames import Frame
    from adapters.wecom.receiving.bot_intake import Heard, How
    from adapters.wecom.streams.places import Place

log = logging.getLogger(__name__)

LOOK_S = 0.1
"""So often the outbox is looked at."""

PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
TRIES = 60
"""So often something is heard again while ledger or queue are down, some five minutes: WeCom tells it only once."""

FINISHING_S = 2.5
COMMANDS: Mapping[How, str] = {
    "respond": "aibot_respond_msg",
    "welcome": "aibot_respond_welcome_msg",
    "update": "aibot_respond_update_msg",
}


@dataclass
class Desk:
    """Everything runs on the gateway's event loop, and what may block on threads; `name` is the bot's."""

    intake: BotIntake
    name: str = ""
    line: Connection | None = None
    was_parted: bool = False
    is_broken: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: dict[str, Writer] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _reading: asyncio.Task[None] | None = None
    _found: tuple[int, str] | None = None

    def begin(self) -> None:
        """Begin to look after the outbox: this process is the one that holds the connection."""
        self._quota = Quota(self.intake.store)
        self._reader, self._found = OutboxReader(self.intake.store), None
        self._pushing = Pushing(self.intake.showing, self._quota, self._broke)
        self._reading = asyncio.create_task(self._read())

    async def end(self) -> None:
        """Finish what is being heard, a moment, and leave the rest to whoever holds the connection next."""
        heard = [task for task in self._tasks if task.get_name() == "hearing"]
        if heard:
            await asyncio.wait(heard, timeout=FINISHING_S)
        tasks = [*self._tasks, *([self._reading] if self._reading else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._writers.clear()

    def connect(self, connection: Connection) -> None:
        """Use a connection that is subscribed."""
        self.line, self.was_parted, self.is_broken = connection, False, False
        self.ended.clear()
        for writer in self._writers.values():
            writer.wake()

    def disconnect(self) -> None:
        """Use the connection no more."""
        self.line = None

    def hear(self, frame: Frame, link: str) -> None:
        """Begin to hear what WeCom tells; returns at once."""
        event = bots.told(frame.body, self.name)
        if isinstance(event, Disconnected):
            self.was_parted = True
            self._broke(self.line)
        else:
            self._do(self._hear(event, frame.request, link), "hearing")

    def _broke(self, connection: Connection | None) -> None:
        """Have a connection ended that is of no use any more."""
        if connection is self.line:
            self.is_broken = True
            self.ended.set()

    async def _hear(self, event: Event, request: str, link: str) -> None:
        """Hear until ledger and queue have it, and say what is said at once."""
        for number in range(TRIES):
            try:
                heard = await asyncio.to_thread(self.intake.hear, event, Way("socket", request, link))
            except QuorumError as exc:
                if not number:
                    log.warning("wecom: something that was told waits: %s", type(exc).__name__)
                await asyncio.sleep(PAUSES_S[min(number, len(PAUSES_S) - 1)])
            else:
                if heard is not None:
                    await self._say(event, heard, request, link)
                return
        log.error("wecom: something that was told is lost: ledger or queue were down for too long")

    async def _say(self, event: Event, heard: Heard, request: str, link: str) -> None:
        post = getattr(event, "post", None)
        chat = post.conversation if post is not None else ""
        if heard.stream:
            self._writer(chat).track(heard.stream)
        else:
            self._writer(chat).say(Instant(COMMANDS[heard.how], heard.body, request, link))

    async def _read(self) -> None:
        """Hand the outbox to the writers, for as long as the connection is ours to keep."""
        while True:
            try:
                found = await asyncio.to_thread(self._next)
            except FAILURES as exc:
                log.warning("wecom: the outbox cannot be read: %s", type(exc).__name__)
                await asyncio.sleep(PAUSES_S[-1])
                continue
            if found is None:
                await asyncio.sleep(LOOK_S)
                continue
            number, stream, place = found
            if place is None or place.mode != "socket":
                self._done([number])
            else:
                self._writer(place.chat).track(stream, number)

    def _next(self) -> tuple[int, str, Place | None] | None:
        """Return the next entry and where its stream stands; the same one again where that could not be looked up."""
        self._found = self._found or self._reader.next()
        if self._found is None:
            return None
        number, stream = self._found
        place = self.intake.book.place(stream)
        self._found = None
        return number, stream, place

    def _done(self, numbers: list[int]) -> None:
        self._do(self._note(numbers), "noting")

    async def _note(self, numbers: list[int]) -> None:
        try:
            await asyncio.to_thread(self._reader.done, *numbers)
        except FAILURES as exc:
            log.info("wecom: the outbox is not noted: %s", type(exc).__name__)

    def _writer(self, chat: str) -> Writer:
        """Return the writer of a conversation, which begins to write with what it is given."""
        writer = self._writers.get(chat)
        if writer is None:
            writer = self._writers[chat] = Writer(chat, self._pushing, lambda: self.line, self._done)
            self._do(self._write(writer), "writing")
        return writer

    async def _write(self, writer: Writer) -> None:
        try:
            await writer.run()
        finally:
            self._writers.pop(writer.chat, None)
            self._quota.forget(writer.chat)

    def _do(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("wecom: %s ended with %s. Report it with this line.", task.get_name(), type(error).__name__)
