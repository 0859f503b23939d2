"""The server: it listens on a port of this machine, can go down, and comes back on the same port."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn

from scripts.services.machine import HOST, free_port
from tests.fakes.polling import until

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

    from starlette.types import ASGIApp, Receive, Scope, Send

R = TypeVar("R")
START_S = 20.0


class Server:
    """An ASGI application on an event loop of its own; the loop outlives the times when the server is down."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._running = threading.Event()
        self._uvicorn: uvicorn.Server | None = None
        self._serving: Future[None] | None = None

    @property
    def address(self) -> str:
        """`http://host:port`."""
        return f"http://{HOST}:{self.port}"

    def begin(self) -> None:
        """Start the loop."""
        self._thread.start()
        self._running.wait(START_S)

    def start(self, work: Coroutine[Any, Any, R]) -> Future[R]:
        """Begin something on the loop."""
        assert self._loop, "the fake Slack runs within its `with` block"
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def do(self, work: Coroutine[Any, Any, R]) -> R:
        """Do something on the loop, and wait for its end."""
        return self.start(work).result(START_S)

    def up(self, application: ASGIApp) -> None:
        """Begin to listen; connections are answered when this returns."""
        listener = socket.create_server((HOST, self.port), backlog=1024)
        config = uvicorn.Config(
            _with_transport(application),
            http="h11",
            ws="websockets-sansio",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = self._uvicorn = uvicorn.Server(config)
        self._serving = self.start(server.serve([listener]))
        until(lambda: server.started, "the fake Slack listens", START_S)

    def down(self) -> None:
        """Stop listening: connections are refused until it is up again."""
        if self._uvicorn and self._serving:
            self._uvicorn.should_exit = True
            self._serving.result(START_S)
            self._uvicorn = None

    def end(self) -> None:
        """Stop for good."""
        self.down()
        assert self._loop
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._wait())

    async def _wait(self) -> None:
        """Keep the loop alive; what is still running at the end is cancelled."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._running.set()
        await self._ended.wait()


def _with_transport(application: ASGIApp) -> ASGIApp:
    """Let handlers reach the connection under a request, so that they can reset it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        cycle: Any = getattr(send, "__self__", None)
        scope["transport"] = getattr(cycle, "transport", None)
        await application(scope, receive, send)

    return wrapped
