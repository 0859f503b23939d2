"""One long connection of the AI bot: subscribe, beat, read, and send frames, each acknowledged (document 101463).

The reader never waits: acknowledgements wake whoever sent the frame, and what WeCom tells is handed on at once. A frame
is sent only after the last one on its req_id was acknowledged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from adapters.wecom.errors import BadPayloadError
from adapters.wecom.hearing import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

    from adapters.wecom.hearing.frames import Frame
    from adapters.wecom.layout.bodies import Body

log = logging.getLogger(__name__)

SILENT = logging.Logger("websockets, unheard", logging.CRITICAL + 1)  # noqa: LOG001 - no operator's setting reaches it
"""The library's own log, which would show whole frames."""

OPEN_S = 5.0
ACK_S, PONG_S = 10.0, 5.0
LATE_S = 10.0
"""So much longer an acknowledgement is waited for before another frame, whose own it might seem, goes on its req_id."""

BEAT_S = 30.0
MISSED = 2
"""Beats that nobody acknowledged, after which a connection is dead."""

LARGEST = 16_000_000
CLOSE_S = 1.0
LAST_S = 1.0
"""So long the acknowledgements of frames that are on their way are waited for at the end."""

UNREACHABLE = (OSError, TimeoutError, WebSocketException, ImportError)
"""What `opened` raises where no connection is to be had; a proxy may want a library that is not there."""


class LostError(Exception):
    """Raised when a connection ended; `was_sent` tells whether the frame may have reached WeCom."""

    def __init__(self, *, was_sent: bool) -> None:
        """Say how far the frame came."""
        super().__init__("the long connection ended")
        self.was_sent = was_sent


class UnacknowledgedError(Exception):
    """Raised when WeCom did not acknowledge a frame in time; it may have been taken."""


class Connection:
    """One connection; everything runs on the event loop that opened it. `id` tells it from every other."""

    def __init__(self, socket: ClientConnection, hear: Callable[[Frame, str], None]) -> None:
        """Take an open socket; `hear` is given each frame that WeCom begins, with our `id`, and must not wait."""
        self.id = uuid.uuid4().hex
        self._socket, self._hear = socket, hear
        self._waiting: dict[str, asyncio.Future[int]] = {}
        self._late: dict[str, asyncio.Future[int]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.heard_at = time.monotonic()

    async def read(self) -> None:
        """Read to the end of the connection."""
        try:
            async for text in self._socket:
                self._take(text)
        except ConnectionClosed as exc:
            log.info("wecom: the long connection ended: %s", type(exc).__name__)
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(LostError(was_sent=True))
            for future in self._late.values():
                future.cancel()

    async def send(self, command: str, body: Body, request: str = "", within_s: float | None = None) -> int:
        """Send a frame and return the errcode of its acknowledgement.

        Raises `LostError` where the connection ended, and `UnacknowledgedError`.
        """
        request = request or f"{command}_{uuid.uuid4().hex}"
        lock = self._locks.setdefault(request, asyncio.Lock())
        async with lock:
            try:
                await self._settle(request)
                return await self._sent(command, body, request, ACK_S if within_s is None else within_s)
            finally:
                if not lock._waiters:  # noqa: SLF001 - whoever waits needs this very lock
                    self._locks.pop(request, None)

    async def beat(self, every_s: float = BEAT_S) -> None:
        """Send a ping every so often; end the connection when two in a row stay unacknowledged."""
        missed = 0
        while missed < MISSED:
            await asyncio.sleep(every_s)
            try:
                missed = 0 if await self.is_alive() else missed + 1
            except LostError:
                return
        log.warning("wecom: the long connection does not answer any more")
        await self.close()

    async def is_alive(self) -> bool:
        """Tell whether a ping is acknowledged. Raises `LostError`."""
        try:
            await self.send("ping", {}, within_s=PONG_S)
        except UnacknowledgedError:
            return False
        return True

    async def close(self) -> None:
        """Wait a moment for acknowledgements that are due, and end it."""
        if self._waiting:
            await asyncio.wait(tuple(self._waiting.values()), timeout=LAST_S)
        await self._socket.close()

    async def _settle(self, request: str) -> None:
        """Wait for an acknowledgement that is late, before another frame goes on its req_id."""
        late = self._late.get(request)
        if late is not None:
            await asyncio.wait([late], timeout=LATE_S)
            self._late.pop(request, None)

    async def _sent(self, command: str, body: Body, request: str, within_s: float) -> int:
        future = asyncio.get_running_loop().create_future()
        self._waiting[request] = future
        frame = {"cmd": command, "headers": {"req_id": request}} | ({"body": body} if body else {})
        try:
            await self._socket.send(json.dumps(frame, ensure_ascii=False))
            return await asyncio.wait_for(future, within_s)
        except ConnectionClosed:
            raise LostError(was_sent=False) from None
        except TimeoutError:
            self._late[request] = asyncio.get_running_loop().create_future()
            raise UnacknowledgedError from None
        finally:
            del self._waiting[request]
            if future.done() and not future.cancelled():
                future.exception()  # looked at, whether or not somebody still waited

    def _take(self, text: str | bytes) -> None:
        self.heard_at = time.monotonic()
        try:
            frame = frames.read(text if isinstance(text, str) else text.decode(errors="replace"))
        except BadPayloadError:
            log.warning("wecom: a frame is no JSON object")
            return
        if not frame.is_acknowledgement:
            self._hear(frame, self.id)
        elif (future := self._waiting.get(frame.request) or self._late.get(frame.request)) and not future.done():
            future.set_result(frame.code)


async def opened(url: str, hear: Callable[[Frame, str], None]) -> Connection:
    """Connect, and return before anything is subscribed. Raises what is `UNREACHABLE`."""
    socket = await connect(
        url,
        open_timeout=OPEN_S,
        close_timeout=CLOSE_S,
        ping_interval=None,
        max_size=LARGEST,
        compression=None,
        logger=SILENT,
    )
    return Connection(socket, hear)
