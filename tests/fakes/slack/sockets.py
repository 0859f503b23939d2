"""Socket Mode: the connections of an app, each envelope to one of them, and the wait for its acknowledgement."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.slack.records import JSON
from tests.fakes.slack.workspace import Workspace

MOST = 10
"""So many connections an app may have."""


@dataclass
class Sockets:
    """The connections that said hello; everything here runs on the server's loop."""

    slack: Workspace
    hello: bool = True
    """Whether a new connection is greeted; without a greeting an app is not ready."""
    open: list[WebSocket] = field(default_factory=list)
    connected: int = 0
    """How many connections there ever were."""
    frames: list[JSON] = field(default_factory=list)
    """Everything that the app sent."""
    drop_next: int = 0
    """So many envelopes are sent and their connection cut at once, before an acknowledgement can come."""
    _waiting: dict[str, tuple[WebSocket, asyncio.Future[JSON | None]]] = field(default_factory=dict)
    _turn: itertools.count[int] = field(default_factory=itertools.count)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until either side ends it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.slack.tickets or len(self.open) >= MOST:
            await socket.close(1008)
            return
        self.slack.tickets.discard(ticket)
        await socket.accept()
        self.connected += 1
        if self.hello:
            await self._greet(socket)
        try:
            while True:
                self._take(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            pass
        finally:
            if socket in self.open:
                self.open.remove(socket)
            self._settle([name for name, (other, _) in self._waiting.items() if other is socket], None)

    async def _greet(self, socket: WebSocket) -> None:
        self.open.append(socket)
        debug = {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18_060}
        app = {"app_id": self.slack.app}
        frame = {"type": "hello", "num_connections": len(self.open), "debug_info": debug, "connection_info": app}
        await socket.send_text(json.dumps(frame))

    def _take(self, frame: JSON) -> None:
        self.frames.append(frame)
        self._settle([str(frame.get("envelope_id", ""))], frame)

    def _settle(self, names: list[str], frame: JSON | None) -> None:
        """End the wait for some acknowledgements; None where their connection is gone."""
        for name in names:
            _, waiting = self._waiting.pop(name, (None, None))
            if waiting and not waiting.done():
                waiting.set_result(frame)

    async def send(self, kind: str, payload: JSON, retry: JSON, within_s: float) -> JSON | None:
        """Send an envelope over one connection, and return its acknowledgement; None where none came in time."""
        deadline = time.monotonic() + within_s
        while not self.open:
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(0.02)
        socket = self.open[next(self._turn) % len(self.open)]
        name = str(uuid4())
        acknowledged: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        self._waiting[name] = (socket, acknowledged)
        answers = {"accepts_response_payload": kind != "events_api"}
        await socket.send_text(json.dumps({"envelope_id": name, "type": kind, "payload": payload} | answers | retry))
        if self.drop_next:
            self.drop_next -= 1
            await self.close(socket)
        try:
            return await asyncio.wait_for(acknowledged, max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(name, None)

    async def refresh(self, reason: str = "refresh_requested", grace_s: float = 1.0) -> None:
        """Ask every connection to be made anew, and close the old ones after a while."""
        old = list(self.open)
        for socket in old:
            self.open.remove(socket)
            debug = {"host": "applink-fake"}
            await socket.send_text(json.dumps({"type": "disconnect", "reason": reason, "debug_info": debug}))
        await asyncio.sleep(grace_s)
        for socket in old:
            await self.close(socket)

    async def close(self, socket: WebSocket) -> None:
        """End one connection without a word."""
        if socket in self.open:
            self.open.remove(socket)
        try:
            await socket.close()
        except RuntimeError:
            return  # the other side was faster
