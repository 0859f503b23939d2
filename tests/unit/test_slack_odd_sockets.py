"""Socket Mode before a Slack that is not well: it hangs, says nothing, says odd things, or ends what it began."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import pytest
from aiohttp import web

from adapters.slack.receiving import bolt, sockets
from adapters.slack.receiving.sockets import Sockets
from bot.settings import Slack
from tests.fakes.polling import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

HELLO = json.dumps({"type": "hello"})
ENVELOPE = json.dumps({"envelope_id": "e-1", "type": "events_api", "payload": {"type": "event_callback"}})


class OddSlack:
    """Does something odd on its first connection, and greets on the others."""

    def __init__(self, odd: str) -> None:
        self.odd, self.connections = odd, 0
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run)

    async def _open(self, _: web.Request) -> web.Response:
        self.connections += 1
        return web.json_response({"ok": True, "url": f"{self.address}/link".replace("http", "ws", 1)})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        odd = self.odd if self.connections == 1 or self.odd == "ends" else ""
        if odd == "hangs":
            await self._over.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if odd == "nests":
            await socket.send_str("[" * 200_000 + "]" * 200_000)
            await socket.send_str("no json")
        if odd != "says nothing":
            await socket.send_str(HELLO)
        if odd == "ends":
            await socket.close()
            return socket
        if odd == "sends":
            await socket.send_str(ENVELOPE)
        async for _ in socket:
            pass
        return socket

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_get("/link", self._link)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = "http://{}:{}".format(*runner.addresses[0])
        self._is_up.set()
        await self._over.wait()
        await runner.cleanup()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_up.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()


def nothing(_: object) -> dict[str, Any]:
    return {}


@contextmanager
def connected(slack: OddSlack, hear: Callable[[Any], dict[str, Any]] = nothing) -> Iterator[Sockets]:
    settings = Slack(bot_token="xoxb-1", app_token="xapp-1", api_url=f"{slack.address}/api/")
    found = Sockets(settings, bolt.app("", hear))
    found.start()
    try:
        yield found
    finally:
        found.close()


@pytest.mark.parametrize(("odd", "connections"), [("hangs", 2), ("says nothing", 2), ("nests", 1)])
def test_a_slack_that_hangs_or_is_odd_is_connected_to_all_the_same(
    odd: str, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "GREETING_S", 0.3)
    with OddSlack(odd) as slack, connected(slack) as socket:
        until(socket.ready, "a greeting", 20.0)

        assert slack.connections == connections


def test_connections_that_end_at_once_are_made_again_more_and_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "PAUSES_S", (0.01, 0.01, 60.0))
    with OddSlack("ends") as slack, connected(slack):
        until(lambda: slack.connections == sockets.PATIENT + 2, "the connections that are made at once")
        threading.Event().wait(0.5)

        assert slack.connections == sockets.PATIENT + 2


def test_an_error_over_an_envelope_is_logged_without_its_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object) -> None:
        message = "what somebody wrote"
        raise KeyError(message)

    monkeypatch.setattr(Sockets, "_heard", failing)
    with OddSlack("sends") as slack, connected(slack):
        until(lambda: "comes again: KeyError" in caplog.text, "a line about it")

    assert "what somebody wrote" not in caplog.text
