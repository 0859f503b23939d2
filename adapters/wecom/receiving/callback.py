"""The routes of the AI bot's callback: checked and decrypted here, heard on a thread, answered sealed and in time."""

from __future__ import annotations

import functools
import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.wecom.crypto import Crypto, Envelope
from adapters.wecom.errors import CallbackError
from adapters.wecom.hearing import bots, payloads
from adapters.wecom.receiving import requests
from adapters.wecom.receiving.bot_intake import BotIntake, Way
from bot.errors import QuorumError

if TYPE_CHECKING:
    from starlette.requests import Request

    from adapters.wecom.receiving.bot_intake import Heard

log = logging.getLogger(__name__)

PATH = "/wecom/aibot"
TAKING_S = 2.5
"""A ledger or queue that takes longer counts as unreachable; WeCom waits 5 seconds, and then sends again."""


@dataclass
class CallbackRoute:
    """`GET|POST /wecom/aibot`; `name` is the bot's, stripped from mentions."""

    crypto: Crypto
    intake: BotIntake
    name: str = ""
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
            plain = self.crypto.open(envelope, payloads.encrypted_json(await requests.body(request)), time.time())
            event = bots.classify(plain, self.name)
            hearing = functools.partial(self.intake.hear, event, Way("callback"))
            heard = await blocking.call(hearing, self._taking, TAKING_S)
        except CallbackError as exc:
            return PlainTextResponse(type(exc).__name__, exc.status)
        except ClientDisconnect:
            return Response(status_code=400)
        except (TimeoutError, QuorumError) as exc:
            log.warning("wecom: a callback is to come again: %s", type(exc).__name__)
            return Response(status_code=503)
        return self._sealed(heard, envelope.nonce)

    def _sealed(self, heard: Heard | None, nonce: str) -> Response:
        if heard is None:
            return Response()
        said = json.dumps(heard.body, ensure_ascii=False)
        return Response(self.crypto.seal(said, nonce, int(time.time())).json(), media_type="application/json")
