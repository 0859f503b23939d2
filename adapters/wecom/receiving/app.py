"""The routes of the self-built app's callback: checked and decrypted here, heard on a thread, answered empty, in time.

Nothing is said in the reply, which WeCom would wait for: answers are messages that the app sends.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.wecom.crypto import Crypto, Envelope
from adapters.wecom.errors import CallbackError, WrongReceiverError
from adapters.wecom.hearing import apps, payloads
from adapters.wecom.hearing.events import Event
from adapters.wecom.receiving import requests
from bot.errors import QuorumError

if TYPE_CHECKING:
    from starlette.requests import Request

log = logging.getLogger(__name__)

PATH = "/wecom/app"
TAKING_S = 2.5
"""A ledger or queue that takes longer counts as unreachable; WeCom waits 5 seconds, and then sends again."""


@dataclass
class AppRoute:
    """`GET|POST /wecom/app`; `corp` and `agent` are what messages must be meant for."""

    crypto: Crypto
    corp: str
    agent: str
    hear: Callable[[Event], None]
    _taking: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(blocking.TAKING_THREADS))

    def route(self) -> Route:
        """Return the route for an application."""
        return Route(PATH, self.take, methods=["GET", "POST"])

    async def take(self, request: Request) -> Response:
        """Answer one request: 200 once what it says is safe, 4xx for what is not WeCom's, 503 for "send it again"."""
        try:
            if request.method == "GET":
                return PlainTextResponse(requests.verified(request.query_params, self.crypto))
            envelope = Envelope.of(request.query_params)
            plain = self.crypto.open(envelope, payloads.encrypted_xml(await requests.body(request)), time.time())
            self._check_receiver(plain)
            await blocking.call(functools.partial(self.hear, apps.classify(plain)), self._taking, TAKING_S)
        except CallbackError as exc:
            return PlainTextResponse(type(exc).__name__, exc.status)
        except ClientDisconnect:
            return Response(status_code=400)
        except (TimeoutError, QuorumError) as exc:
            log.warning("wecom: a callback is to come again: %s", type(exc).__name__)
            return Response(status_code=503)
        return Response()

    def _check_receiver(self, plain: str) -> None:
        """Refuse what names another corp or app; events of the corp itself name no app."""
        found = payloads.elements(plain)
        corp, agent = found.get("ToUserName", "").strip(), found.get("AgentID", "").strip()
        if (corp and corp != self.corp) or (agent not in {"", "0", self.agent}):
            message = "A message was meant for another corp or app."
            raise WrongReceiverError(message)
