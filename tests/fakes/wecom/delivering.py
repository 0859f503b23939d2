"""Deliveries to our callbacks: encrypted and signed, sent again after five seconds, and disordered on order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.fakes.wecom.attempts import Attempt, Delivery
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.sealing import sealed

if TYPE_CHECKING:
    from tests.fakes.wecom.crypto import Seal

PATIENCE_S = 5.0
"""So long a reply is waited for, and so long after one sending begins the next (document 90238)."""


@dataclass
class Deliveries:
    """Sends on the server's loop; the orders are plain fields that tests set."""

    corp: Corp
    app_url: str | None = None
    bot_url: str | None = None
    patience_s: float = PATIENCE_S
    copies: int = 1
    """Everything is sent so often at the same time."""
    held: list[Delivery] | None = None
    """While this is a list, deliveries gather in it instead of being sent; polls do not."""
    late_s: float = 0.0
    """The timestamps are so old."""
    forged: bool = False
    """Whether posts are signed with another token."""
    same_bytes: bool = False
    """Whether a delivery is sent again with the timestamp and nonce of the first time."""
    lose: int = 0
    """So many replies get lost on their way, so that it is sent again."""
    further: int = 0
    """What is sent again at all is sent so many times more than WeCom would, where a restart of ours takes long."""
    errors_retried: bool = True
    """Whether another status than 200 counts as a failure; WeCom's documents say both."""
    log: list[Delivery] = field(default_factory=list)
    answered: Callable[[Delivery, Attempt], Awaitable[None]] | None = None
    """Called with every reply of status 200."""
    _client: aiohttp.ClientSession | None = None

    def noted(self, delivery: Delivery) -> Delivery:
        """Note a delivery that will be sent."""
        self.log.append(delivery)
        return delivery

    async def send(self, delivery: Delivery) -> None:
        """Send until a reply comes, as often as may be; or hold it back."""
        if self.held is not None and not delivery.poll:
            self.held.append(delivery)
            return
        await self._send(delivery)

    async def release(self, *, shuffled: bool = False) -> None:
        """Send what was held back: the last first, or in any order."""
        held, self.held = self.held or [], None
        order = random.sample(held, len(held)) if shuffled else held[::-1]
        await asyncio.gather(*(self._send(each) for each in order))

    async def close(self) -> None:
        """Close the connections."""
        if self._client:
            await self._client.close()

    async def _send(self, delivery: Delivery) -> None:
        try:
            seal = self.corp.app_seal if delivery.to == "app" else self.corp.bot_seal
            query, body = self._wrapped(delivery, seal)
            copies = 1 if delivery.poll else self.copies
            tries = delivery.tries + (self.further if delivery.tries > 1 else 0)
            for number in range(tries):
                if number and not self.same_bytes:
                    query, body = self._wrapped(delivery, seal)
                began = time.monotonic()
                done = await asyncio.gather(*(self._attempt(delivery, query, body) for _ in range(copies)))
                if any(each.status == 200 or (each.status and not self.errors_retried) for each in done):
                    break
                if number + 1 < tries:
                    await asyncio.sleep(max(0.0, began + self.patience_s - time.monotonic()))
        finally:
            delivery.over.set()
            if delivery.asked and not delivery.poll:
                delivery.asked.lost = delivery.status != 200
                delivery.asked.reached.set()

    def _wrapped(self, delivery: Delivery, seal: Seal) -> tuple[dict[str, str], bytes]:
        at = int(self.corp.now() - self.late_s)
        return sealed(seal, delivery.plain, at, agent=self.corp.agent if delivery.to == "app" else None)

    async def _attempt(self, delivery: Delivery, query: dict[str, str], body: bytes) -> Attempt:
        if self.forged:
            query = query | {"msg_signature": query["msg_signature"][::-1]}
        url = self.app_url if delivery.to == "app" else self.bot_url
        kind = "text/xml" if delivery.to == "app" else "application/json"
        attempt = await self.post(str(url), query, body, kind)
        if attempt.status and self.lose and not delivery.poll:
            self.lose -= 1
            attempt = Attempt(0, attempt.seconds)
        delivery.attempts.append(attempt)
        if attempt.status == 200 and self.answered:
            await self.answered(delivery, attempt)
        return attempt

    async def post(self, url: str, query: dict[str, str], body: bytes, kind: str) -> Attempt:
        """Post anything to a callback."""
        return await self._asked("POST", url, query, body, {"Content-Type": kind})

    async def get(self, url: str, query: dict[str, str]) -> Attempt:
        """Ask a callback, as the verification of an address does."""
        return await self._asked("GET", url, query, b"", {})

    async def _asked(self, verb: str, url: str, query: dict[str, str], body: bytes, head: dict[str, str]) -> Attempt:
        if self._client is None:  # without a limit of connections, for WeCom has none
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        patience, began = aiohttp.ClientTimeout(self.patience_s), time.monotonic()
        nonce = query.get("nonce", "")
        try:
            address = f"{url}?{urlencode(query)}" if query else url
            async with self._client.request(
                verb, address, data=body, headers=head, timeout=patience, allow_redirects=False
            ) as reply:
                return Attempt(reply.status, time.monotonic() - began, await reply.read(), nonce)
        except (TimeoutError, aiohttp.ClientError):
            return Attempt(0, time.monotonic() - began, nonce=nonce)
