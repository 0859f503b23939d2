"""The AI bot's long connection: held by one process at a time, made again whenever it ends, and not fought for.

What WeCom tells is heard on threads; what workers say comes out of the outbox and is written by `Writer`s. Whoever
else has the same settings stands by, and takes over when the lease ends.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.receiving.connection import BEAT_S, UNREACHABLE, Connection, LostError, UnacknowledgedError, opened
from bot.conversation import leasing
from bot.conversation.leasing import FAILURES

if TYPE_CHECKING:
    from adapters.wecom.receiving.desk import Desk
    from bot.conversation.leasing import Held
    from bot.ports import Leases
    from bot.settings import Wecom

log = logging.getLogger(__name__)

LEASE_S = 15.0
STANDBY_S = 1.0
WATCH_S = 0.5
PARTED_S = 60.0
"""So long nothing subscribes after somebody else did with our bot; longer every time, while that goes on."""

LONGEST_PARTED_S = 900.0
STEADY_S = 10.0
"""A connection that lasts for so long was a good one: the next is made at once, almost."""

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
LIMITED, LIMITED_S = 45009, 30.0
SUBSCRIBE_S = 5.0
THREADS = 16
JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds; tests are in a hurry."""

    lease_s: float = LEASE_S
    parted_s: float = PARTED_S
    beat_s: float = BEAT_S
    pauses_s: tuple[float, ...] = PAUSES_S


class Gateway:
    """Keeps the connection from `start` to `close`, on a thread with an event loop of its own."""

    def __init__(self, settings: Wecom, desk: Desk, leases: Leases, pace: Pace | None = None) -> None:
        """Connect nowhere yet."""
        self._settings, self._desk, self._leases, self._pace = settings, desk, leases, pace or Pace()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="quorum-wecom-gateway")
        self._thread.daemon = True
        self._running = threading.Event()
        self._is_over, self._is_standby = False, False
        self._partings = 0

    def start(self) -> None:
        """Begin to connect, and return before that is done."""
        self._thread.start()

    def ready(self) -> bool:
        """Tell whether questions reach us, or another process that holds the connection while we stand by."""
        return self._is_standby or self._desk.line is not None

    def close(self) -> None:
        """Take nothing more, finish what is in hand, disconnect, and let another process take over."""
        self._is_over = True
        if self._thread.is_alive() and self._running.wait(JOIN_S):
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="quorum-wecom"))
        self._running.set()
        while not self._is_over:
            with ExitStack() as stack:
                try:
                    name = f"wecom-gateway:{self._settings.bot_id}"
                    hold = leasing.hold(self._leases, name, self._pace.lease_s)
                    held = await asyncio.to_thread(stack.enter_context, hold)
                except FAILURES as exc:
                    held, self._is_standby = None, False
                    log.warning("wecom: the lease of the long connection is not to be had: %s", type(exc).__name__)
                else:
                    self._is_standby = held is None
                if held is not None:
                    await self._hold(held)
            await self._pause(STANDBY_S)

    async def _hold(self, held: Held) -> None:
        """Connect, and connect again, for as long as the lease is ours; the log says why there is none once."""
        self._desk.begin()
        failures, before = 0, ""
        try:
            while held.sure and not self._is_over:
                began = time.monotonic()
                why, wanted_s = await self._attend(held)
                if why and why != before:
                    log.warning("wecom: the long connection is not there: %s", why)
                before = why
                failures = 0 if time.monotonic() - began > STEADY_S else failures
                pause = self._pace.pauses_s[min(failures, len(self._pace.pauses_s) - 1)]
                failures += 1
                await self._pause(max(pause, wanted_s))
        finally:
            await self._desk.end()

    async def _attend(self, held: Held) -> tuple[str, float]:
        """Serve one connection to its end; return why there was none, and how long WeCom wants to be left alone."""
        try:
            connection = await opened(self._settings.bot_url, self._desk.hear)
        except UNREACHABLE as exc:
            return type(exc).__name__, 0.0
        tasks = [asyncio.create_task(connection.read())]
        try:
            code = await connection.send("aibot_subscribe", self._credentials(), within_s=SUBSCRIBE_S)
            if code:
                return f"errcode {code}", LIMITED_S if code == LIMITED else 0.0
            log.info("wecom: the long connection is subscribed")
            self._desk.connect(connection)
            tasks += [asyncio.create_task(each) for each in (connection.beat(self._pace.beat_s), self._watch(held))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except (LostError, UnacknowledgedError) as exc:
            return type(exc).__name__, 0.0
        finally:
            await self._part(connection, tasks)
        return "", self._parted_s()

    async def _part(self, connection: Connection, tasks: list[asyncio.Task[None]]) -> None:
        self._desk.disconnect()
        await connection.close()
        for task in tasks[1:]:
            task.cancel()
        await asyncio.wait(tasks)

    def _parted_s(self) -> float:
        """Return how long nothing subscribes, since another process did with our bot; zero if none did."""
        if not self._desk.was_parted:
            self._partings = 0
            return 0.0
        pause = min(self._pace.parted_s * float(2**self._partings), LONGEST_PARTED_S)
        self._partings += 1
        log.warning(
            "wecom: disconnected_event: another process subscribed with this bot. Nothing here does for %.0f s; see "
            "that one deployment alone has QUORUM_WECOM__BOT_ID",
            pause,
        )
        return pause

    async def _watch(self, held: Held) -> None:
        """Return when the connection is to end: the lease is lost, we are to stop, or it is of no use any more."""
        while held.sure and not self._over.is_set() and not self._desk.is_broken:
            await self._pause(WATCH_S, self._desk.ended)

    async def _pause(self, seconds: float, sooner: asyncio.Event | None = None) -> None:
        """Wait, no longer than until we are to stop, or something else happens."""
        waits = [asyncio.create_task(each.wait()) for each in (self._over, sooner) if each is not None]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    def _credentials(self) -> dict[str, str]:
        return {"bot_id": self._settings.bot_id.strip(), "secret": self._settings.bot_secret.strip()}
