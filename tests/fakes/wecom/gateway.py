"""The AI bot's long connection: one for each bot, an acknowledgement for every frame, and no second chance."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.frames import FRAMES, Frame
from tests.fakes.wecom.recording import Recording, Request
from tests.fakes.wecom.records import Asked
from tests.fakes.wecom.refused import RefusedError, refuse
from tests.fakes.wecom.troubles import Quota, Troubles

if TYPE_CHECKING:
    from tests.fakes.wecom.records import JSON

A_MINUTE, AN_HOUR = 30, 1000
"""Frames to a conversation (document 101463)."""
SUBSCRIPTIONS = 20
"""More subscriptions a minute are refused with 45009 (wecom-openclaw-plugin #48; the number is a guess)."""
OTHER_SECRET, OTHER_BOT = 853000, 93019
SILENT, UNREADABLE = 1001, 1007


@dataclass(eq=False)
class Connection:
    """One connection, what it was told by req_id, and the req_ids with a frame that is not acknowledged yet."""

    socket: WebSocket
    subscribed: bool = False
    told: dict[str, Asked] = field(default_factory=dict)
    flying: set[str] = field(default_factory=set)


@dataclass
class Gateway:
    """Runs on the server's loop; the orders are plain fields that tests set."""

    corp: Corp
    troubles: Troubles
    recording: Recording
    live: Connection | None = None
    """The connection that is subscribed."""
    open: list[Connection] = field(default_factory=list)
    subscribed: int = 0
    """How many subscriptions there ever were."""
    ack_s: float = 0.01
    """An acknowledgement takes so long; a frame on the same req_id within it is refused with 6000."""
    silence_s: float = 100.0
    """After so long without a frame a connection is ended."""
    grace_s: float = 0.0
    """So long a message waits for a connection before it is lost."""
    copies: int = 1
    """Everything is told so often, each time under a req_id of its own."""
    held: list[Asked] | None = None
    """While this is a list, messages and events gather in it instead of being sent."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.quota = Quota(A_MINUTE, AN_HOUR, self.corp.now)
        self.subscriptions = Quota(SUBSCRIPTIONS, AN_HOUR, self.corp.now)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until either side ends it."""
        await socket.accept()
        connection = Connection(socket)
        self.open.append(connection)
        try:
            while True:
                text = await asyncio.wait_for(socket.receive_text(), self.silence_s)
                await self._take(connection, text)
        except TimeoutError:
            await self.close(connection, SILENT)
        except (WebSocketDisconnect, KeyError, RuntimeError):
            pass  # the other side ended it, sent bytes, or was cut off
        finally:
            self._forget(connection)

    async def deliver(self, asked: Asked) -> None:
        """Tell the bot something over its connection; it is lost where there is none."""
        if self.held is not None:
            self.held.append(asked)
            return
        command = "aibot_msg_callback" if asked.kind == "message" else "aibot_event_callback"
        trouble = self.troubles.take(command, asked.chat)
        connection = await self._connected()
        asked.lost = connection is None or bool(trouble and trouble.kind == "lost")
        if connection and not asked.lost:
            for number in range(self.copies):
                told = replace(asked) if number else asked
                await self._tell(connection, command, told)
            if trouble and trouble.kind == "cut":
                self._abort(connection)
        asked.reached.set()

    async def release(self) -> None:
        """Send what was held back, the last first."""
        held, self.held = self.held or [], None
        for asked in held[::-1]:
            await self.deliver(asked)

    async def close(self, connection: Connection, code: int = 1000) -> None:
        """End a connection properly."""
        self._forget(connection)
        try:
            await connection.socket.close(code)
        except RuntimeError:
            return  # the other side was faster

    async def cut(self) -> None:
        """End every connection without a word."""
        for connection in list(self.open):
            self._abort(connection)

    async def unsubscribe(self) -> None:
        """Forget the subscription and keep the connection: all frames but pings are refused with 846609."""
        if self.live:
            self.live.subscribed = False
            self.live = None

    def _forget(self, connection: Connection) -> None:
        if connection in self.open:
            self.open.remove(connection)
        if self.live is connection:
            self.live = None

    def _abort(self, connection: Connection) -> None:
        self._forget(connection)
        connection.socket.scope["transport"].abort()

    async def _connected(self) -> Connection | None:
        left = self.grace_s
        while self.live is None and left > 0:
            await asyncio.sleep(0.02)
            left -= 0.02
        return self.live

    async def _tell(self, connection: Connection, command: str, asked: Asked) -> None:
        name = uuid4().hex
        connection.told[name] = asked
        asked.lost = not await self._say(connection, {"cmd": command, "headers": {"req_id": name}, "body": asked.body})

    async def _say(self, connection: Connection, frame: JSON) -> bool:
        """Send a frame, and return whether there was somebody to send it to."""
        try:
            await connection.socket.send_text(json.dumps(frame, ensure_ascii=False))
        except (RuntimeError, WebSocketDisconnect):
            self._forget(connection)
            return False
        return True

    async def _take(self, connection: Connection, text: str) -> None:
        """Take a frame: what it does is done at once, its acknowledgement comes a moment later."""
        try:
            frame = json.loads(text)
            command, name, body = str(frame["cmd"]), str(frame["headers"]["req_id"]), frame.get("body") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            self.corp.remark("a frame was unreadable")
            await self.close(connection, UNREADABLE)
            return
        noted = self.recording.note(Request(command, frame))
        if name in connection.flying:
            self.corp.remark(f"two frames of {command} were in flight on one req_id")
            await self._acknowledge(connection, noted, {"errcode": 6000, "errmsg": "data version conflict"})
            return
        asked = connection.told.get(name)
        trouble = self.troubles.take(command, asked.chat if asked else FRAMES.place(self.corp, command, body))
        reply: JSON = trouble.reply if trouble else {}
        if trouble is None or trouble.stored:
            done = await self._done(connection, Frame(self.corp, command, name, body, asked))
            reply = reply if trouble and trouble.kind == "code" else done
        if trouble and trouble.kind in {"cut", "reset", "error"}:
            self._abort(connection)
        elif not (trouble and trouble.kind == "lost"):
            connection.flying.add(name)
            self._later(connection, noted, reply, self.ack_s + (trouble.seconds if trouble else 0.0))

    def _later(self, connection: Connection, noted: Request, reply: JSON, seconds: float) -> None:
        """Acknowledge a frame after a while."""

        async def acknowledge() -> None:
            await asyncio.sleep(seconds)
            connection.flying.discard(noted.values["headers"]["req_id"])
            await self._acknowledge(connection, noted, reply)

        task = asyncio.get_running_loop().create_task(acknowledge())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _acknowledge(self, connection: Connection, noted: Request, reply: JSON) -> None:
        noted.status, noted.code = 200, int(reply["errcode"])
        await self._say(connection, {"headers": {"req_id": noted.values["headers"]["req_id"]}} | reply)

    async def _done(self, connection: Connection, frame: Frame) -> JSON:
        """Do what a frame asks, and return its acknowledgement."""
        try:
            if frame.command == "aibot_subscribe":
                await self._subscribe(connection, frame.body)
            elif frame.command != "ping":
                if not connection.subscribed:
                    refuse(846609, "aibot websocket not subscribed")
                FRAMES.run(frame, self.quota)
        except RefusedError as refused:
            return refused.reply
        return {"errcode": 0, "errmsg": "ok"}

    async def _subscribe(self, connection: Connection, body: dict[str, Any]) -> None:
        """Make a connection the bot's own; the one that was goes, and is told so first."""
        if not self.subscriptions.take(self.corp.bot_id):
            refuse(45009, "api freq out of limit")
        if body.get("bot_id") != self.corp.bot_id:
            refuse(OTHER_BOT, "invalid bot_id")
        if body.get("secret") != self.corp.bot_secret:
            refuse(OTHER_SECRET, "signature is incorrect, please check if the bot secret is correct")
        old, self.live = self.live, connection
        connection.subscribed = True
        self.subscribed += 1
        if old and old is not connection:
            old.subscribed = False
            event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            head = {"msgid": uuid4().hex, "create_time": int(self.corp.now()), "aibotid": self.corp.bot_id}
            told = {"cmd": "aibot_event_callback", "headers": {"req_id": uuid4().hex}, "body": head | event}
            await self._say(old, told)
            await self.close(old)
