"""Socket Mode: a connection that is made again whenever it ends; an envelope is acknowledged once it is safe.

What dies with a connection was not acknowledged, so that Slack delivers it again, and the ledger knows it. The
connection is aiohttp's rather than the SDK's own, which takes up to three seconds to notice that one has ended, and
forgets frames that came together with half of another.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack.calling.client import SILENT
from adapters.slack.receiving.proxies import proxy_for
from adapters.slack.receiving.routes import MALFORMED

if TYPE_CHECKING:
    from bot.settings import Slack

    Json = dict[str, Any]

log = logging.getLogger(__name__)

THREADS = 8
CALL_S = 5
BEAT_S = 10.0
"""A ping every so often; a connection that answers none within half of it is dead."""

LARGEST = 16_000_000
GREETING_S = 10.0
"""A connection on which Slack has not greeted us after so long is none."""

STEADY_S = 5.0
PATIENT = 5
"""After so many in a row that end sooner than this, pauses grow too, so that we do not connect ten times a second."""

LEAVING_S = 15.0
"""So long a connection that Slack wants to end is still listened to beside the new one."""

FINISHING_S = 2.5
"""So long what is in hand may take when we stop; Slack waits no longer for it either."""

PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
OK = 200
DOWN = (SlackClientError, aiohttp.ClientError, OSError, HTTPException, ValueError, LookupError, AttributeError)
"""What opening a connection may end in: a refusal, no reply, or a reply that is no object."""


@dataclass(eq=False)
class Connection:
    """One connection: whether Slack has greeted us on it, and whether it wants another one instead."""

    socket: aiohttp.ClientWebSocketResponse
    is_greeted: bool = False
    in_hand: set[asyncio.Task[object]] = field(default_factory=set)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """Keeps a connection from `start` to `close`, on a thread with an event loop of its own."""

    def __init__(self, settings: Slack, app: App) -> None:
        """Connect nowhere yet."""
        self._app, self._token = app, settings.app_token
        self._web = WebClient(self._token, base_url=settings.api_url, timeout=CALL_S, logger=SILENT, retry_handlers=[])
        self._web.proxy = None  # the SDK knows no NO_PROXY; without its proxy, urllib does as the environment says
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run()), name="quorum-slack-socket", daemon=True
        )
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="quorum-slack-envelope")
        self._running = threading.Event()
        self._open: set[Connection] = set()
        self._is_over = False

    def start(self) -> None:
        """Begin to connect, and return before that is done."""
        self._thread.start()

    def ready(self) -> bool:
        """Tell whether Slack has greeted us on a connection that we have."""
        return any(each.is_greeted for each in tuple(self._open))

    def close(self) -> None:
        """Take nothing more, finish what is in hand, and disconnect."""
        self._is_over = True
        if self._running.wait(CALL_S) if self._thread.is_alive() else False:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
        self._pool.shutdown()

    async def _run(self) -> None:
        """Keep connecting until it is over."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._running.set()
        async with aiohttp.ClientSession() as session:
            keeping = asyncio.create_task(self._keep(session))
            await self._over.wait()
            await self._finish()
            keeping.cancel()
            await asyncio.wait([keeping])

    async def _keep(self, session: aiohttp.ClientSession) -> None:
        """Connect, and connect again; pauses grow while nothing comes of it, and the log says why once."""
        failures, restless, last = 0, 0, ""
        while True:
            began = self._loop.time()
            why, asked_s = await self._attend(session)
            if why and why != last:
                log.warning("slack: Socket Mode does not connect: %s", why)
            failures, last = (failures + 1, why) if why else (0, "")
            restless = restless + 1 if self._loop.time() - began < STEADY_S else 0
            step = min(max(failures, restless - PATIENT), len(PAUSES_S) - 1)
            await asyncio.sleep(max(PAUSES_S[step], asked_s))

    async def _attend(self, session: aiohttp.ClientSession) -> tuple[str, float]:
        """Serve one connection until it ends or another one is wanted.

        Return why there was none, or nothing, and how many seconds Slack wants to be left alone.
        """
        try:
            url = await asyncio.to_thread(self._address)
            async with asyncio.timeout(GREETING_S):
                socket = await session.ws_connect(url, heartbeat=BEAT_S, max_msg_size=LARGEST, proxy=proxy_for(url))
        except SlackApiError as exc:
            return _refusal(exc)
        except DOWN as exc:
            return type(exc).__name__, 0.0
        connection = Connection(socket)
        self._open.add(connection)
        serving = asyncio.create_task(self._serve(connection))
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETING_S):
                await connection.leaving.wait()
        if not connection.is_greeted:
            await socket.close()
            await serving
            return "Slack does not greet us", 0.0
        await connection.leaving.wait()
        if socket.closed:
            await serving
        return "", 0.0

    def _address(self) -> str:
        """Ask for the address of a connection, once."""
        return str(self._web.apps_connections_open(app_token=self._token)["url"])

    async def _serve(self, connection: Connection) -> None:
        """Read a connection to its end."""
        try:
            async for frame in connection.socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._take(connection, _read(frame.data))
        finally:
            self._open.discard(connection)
            connection.leaving.set()
            await connection.socket.close()

    def _take(self, connection: Connection, frame: object) -> None:
        """Begin what a frame asks for."""
        if not isinstance(frame, dict):
            return
        match frame.get("type"):
            case "hello":
                connection.is_greeted = True
                log.info("slack: Socket Mode is connected")
            case "disconnect":
                connection.leaving.set()
                self._loop.call_later(LEAVING_S, self._part, connection)
            case _ if "envelope_id" in frame and not self._is_over:
                task = asyncio.create_task(self._answer(connection, frame))
                connection.in_hand.add(task)
                task.add_done_callback(functools.partial(_over, connection))

    def _part(self, connection: Connection) -> None:
        """End a connection that Slack did not end."""
        task = asyncio.create_task(connection.socket.close())
        connection.in_hand.add(task)

    async def _answer(self, connection: Connection, frame: Json) -> None:
        """Hear one envelope on a thread, and acknowledge it if that went well."""
        reply = await self._loop.run_in_executor(self._pool, self._heard, frame.get("payload"))
        if reply is None:
            return
        said = {"payload": json.loads(reply)} if reply and frame.get("accepts_response_payload") else {}
        try:
            await connection.socket.send_json({"envelope_id": frame["envelope_id"], **said})
        except (aiohttp.ClientError, OSError) as exc:
            log.info("slack: an envelope is not acknowledged and comes again: %s", type(exc).__name__)

    def _heard(self, payload: object) -> str | None:
        """Return the response's body; None where Slack is to deliver again."""
        try:
            asked = BoltRequest(mode="socket_mode", body=payload if isinstance(payload, dict) else {})
        except MALFORMED:
            log.warning("slack: an envelope without a payload that can be read")
            return ""
        reply = self._app.dispatch(asked)
        return reply.body if reply.status == OK else None

    async def _finish(self) -> None:
        """Wait for what is in hand, a moment, and end the connections."""
        connections = tuple(self._open)
        tasks = [task for each in connections for task in each.in_hand]
        if tasks:
            await asyncio.wait(tasks, timeout=FINISHING_S)
        for each in connections:
            await each.socket.close()


def _read(data: str) -> object:
    """Return what a frame says; nothing where that is no JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        log.warning("slack: a frame of Socket Mode is no JSON")
        return None


def _over(connection: Connection, task: asyncio.Task[object]) -> None:
    """Forget an envelope; an error is logged by its class alone, for its text may hold a person's."""
    connection.in_hand.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("slack: an envelope is not acknowledged and comes again: %s", type(error).__name__)


def _refusal(exc: SlackApiError) -> tuple[str, float]:
    """Return Slack's word for a refusal, and the seconds that it wants to be left alone."""
    data, after = exc.response.data, str(exc.response.headers.get("Retry-After", ""))
    code = data.get("error") if isinstance(data, dict) else f"HTTP {exc.response.status_code}"
    return str(code), float(after) if after.isdecimal() else 0.0
