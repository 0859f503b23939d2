"""Deliveries to the app: signed posts or socket envelopes, sent again until acknowledged, and disordered on order."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp

from tests.fakes.slack.attempts import Attempt, Delivery
from tests.fakes.slack.envelopes import SUBSCRIBED, encoded, envelope, reaches, signature
from tests.fakes.slack.server import Server
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

PATIENCE_S = 3.0
"""So long an acknowledgement is waited for (docs.slack.dev/apis/events-api)."""
SLACKS_RETRIES_S = (0.1, 60.0, 300.0)
"""Slack delivers again almost at once, after a minute, and after five."""


@dataclass
class Deliveries:
    """Sends on the server's loop; the orders are plain fields that tests set."""

    slack: Workspace
    sockets: Sockets
    server: Server
    url: str | None = None
    """Where to post; None means Socket Mode."""
    retries_s: tuple[float, ...] = SLACKS_RETRIES_S
    subscribed: set[str] = field(default_factory=lambda: set(SUBSCRIBED))
    copies: int = 1
    """Every event is sent so often at the same time, the later ones as retries."""
    held: list[Delivery] | None = None
    """While this is a list, events gather in it instead of being sent."""
    late_s: float = 0.0
    """The timestamps of posts are so old."""
    forged: bool = False
    """Whether posts are signed with another secret."""
    log: list[Delivery] = field(default_factory=list)
    _client: aiohttp.ClientSession | None = None

    def tell(self, event: JSON) -> None:
        """Deliver an event in its envelope, if the app gets it."""
        if reaches(self.slack, event, self.subscribed):
            self.begin(Delivery("events_api", envelope(self.slack, event)))

    def begin(self, delivery: Delivery) -> Delivery:
        """Start a delivery, or hold it back."""
        self.log.append(delivery)
        if self.held is not None and delivery.kind == "events_api":
            self.held.append(delivery)
        else:
            self.server.start(self._deliver(delivery))
        return delivery

    def release(self, *, shuffled: bool = False) -> None:
        """Send what was held back: the last first, or in any order."""
        held, self.held = self.held or [], None
        order = random.sample(held, len(held)) if shuffled else held[::-1]
        for delivery in order:
            self.server.start(self._deliver(delivery))

    async def close(self) -> None:
        """Close the connections."""
        if self._client:
            await self._client.close()

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            if delivery.kind != "events_api":
                await self._attempt(delivery, 0, "")
                return
            copies = (self._attempt(delivery, number, "http_timeout") for number in range(1, self.copies))
            first, *_ = await asyncio.gather(self._attempt(delivery, 0, ""), *copies)
            for number, wait_s in enumerate(self.retries_s, 1):
                if first.status // 100 == 2 or first.headers.get("x-slack-no-retry") == "1":
                    break
                await asyncio.sleep(wait_s)
                first = await self._attempt(delivery, number, first.reason)
        finally:
            delivery.over.set()

    async def _attempt(self, delivery: Delivery, number: int, reason: str) -> Attempt:
        began = time.monotonic()
        send = self._post if self.url else self._frame
        status, why, body, headers = await send(delivery, number, reason)
        attempt = Attempt(status, time.monotonic() - began, why, body, headers)
        delivery.attempts.append(attempt)
        return attempt

    async def _frame(self, delivery: Delivery, number: int, reason: str) -> tuple[int, str, bytes, dict[str, str]]:
        retry: JSON = {}
        if delivery.kind == "events_api":
            retry = {"retry_attempt": number, "retry_reason": "timeout" if reason else ""}
        reply = await self.sockets.send(delivery.kind, delivery.payload, retry, PATIENCE_S)
        if reply is None:
            return 0, "http_timeout", b"", {}
        return 200, "", encoded("events_api", reply.get("payload") or {})[1], {}

    async def _post(self, delivery: Delivery, number: int, reason: str) -> tuple[int, str, bytes, dict[str, str]]:
        kind, body = encoded(delivery.kind, delivery.payload)
        retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
        return await self.post(body, kind, retry)

    async def post(self, body: bytes, kind: str, headers: dict[str, str]) -> tuple[int, str, bytes, dict[str, str]]:
        """Post a body, signed unless `headers` bring a signature of their own."""
        assert self.url
        if self._client is None:  # without a limit of connections, for Slack has none
            patience = aiohttp.ClientTimeout(PATIENCE_S)
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=patience)
        timestamp = str(int(time.time() - self.late_s))
        secret = uuid4().hex if self.forged else self.slack.signing_secret
        signed = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature(secret, timestamp, body)}
        try:
            async with self._client.post(
                self.url, data=body, headers={"Content-Type": kind} | signed | headers
            ) as reply:
                said = {name.lower(): value for name, value in reply.headers.items()}
                return reply.status, "" if reply.ok else "http_error", await reply.read(), said
        except TimeoutError:
            return 0, "http_timeout", b"", {}
        except aiohttp.ClientError:
            return 0, "connection_failed", b"", {}
