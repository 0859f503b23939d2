"""What both callbacks do with a request: verify our address, open what is sealed, and say what is to be sent again."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.wecom.crypto import Crypto, Envelope, echo
from adapters.wecom.errors import CallbackError
from adapters.wecom.hearing import payloads
from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

T = TypeVar("T")

log = logging.getLogger(__name__)

TAKING_S = 2.5
"""A ledger or queue that takes longer counts as unreachable; WeCom waits 5 seconds, and then sends again."""


@dataclass
class SealedRoute(ABC, Generic[T]):
    """`GET|POST` of one callback; a subclass says what its messages are and what is answered."""

    crypto: Crypto
    _taking: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(blocking.TAKING_THREADS), kw_only=True
    )

    path: ClassVar[str]

    @staticmethod
    @abstractmethod
    def encrypted(body: bytes) -> str:
        """Return the sealed part of a body. Raises `CallbackError`."""

    @abstractmethod
    def hearing(self, plain: str) -> Callable[[], T]:
        """Read a message, and return what takes it in, which may block. Raises `CallbackError`."""

    @abstractmethod
    def reply(self, heard: T, nonce: str) -> Response:
        """Word the response."""

    def route(self) -> Route:
        """Return the route for an application."""
        return Route(self.path, self.take, methods=["GET", "POST"])

    async def take(self, request: Request) -> Response:
        """Answer one request: 200 once what it says is safe, 4xx for what is not WeCom's, 503 for "send it again"."""
        try:
            if request.method == "GET":
                return PlainTextResponse(verified(request.query_params, self.crypto))
            envelope = Envelope.of(request.query_params)
            plain = self.crypto.open(envelope, self.encrypted(await read(request)), time.time())
            heard = await blocking.call(self.hearing(plain), self._taking, TAKING_S)
        except CallbackError as exc:
            return PlainTextResponse(type(exc).__name__, exc.status)
        except ClientDisconnect:
            return Response(status_code=400)
        except (TimeoutError, QuorumError) as exc:
            log.warning("wecom: a callback is to come again: %s", type(exc).__name__)
            return Response(status_code=503)
        return self.reply(heard, envelope.nonce)


async def read(request: Request) -> bytes:
    """Return the body, no more of it than is read; raises `ClientDisconnect`."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > payloads.LARGEST:
            break
    return bytes(found)


def verified(query: Mapping[str, str], crypto: Crypto) -> str:
    """Return what the administrator's page wants to see of us when our address is saved; raises `CallbackError`."""
    return crypto.open(Envelope.of(query), echo(query), time.time())
