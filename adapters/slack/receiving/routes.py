"""The route for all that Slack sends over HTTP: checked here and by Bolt, heard on a thread, answered in time."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anyio
from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.slack.manifest import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MAX_BODY_BYTES = 4_000_000
"""An edit carries a message twice, each with blocks beside its text, and forms escape every byte of it."""

FRESH_S = 300
TAKING_S = 2.5
"""A ledger or queue that takes longer counts as unreachable: Slack hears so within its 3 seconds."""

HEADERS = ("content-type", "x-slack-request-timestamp", "x-slack-signature")
"""What Bolt needs to see of the headers."""

MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What Bolt stumbles over in a body that is no payload of Slack's."""


class RefusedError(Exception):
    """Raised when a request is not answered; `status` is the HTTP status, and the message says why to Slack."""

    def __init__(self, status: int, why: str) -> None:
        """Carry the status beside the reason."""
        super().__init__(why)
        self.status = status


@dataclass
class EventsRoute:
    """`POST /slack/events`; without a signing secret it lets nothing through."""

    app: App
    signing_secret: str
    _taking: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(blocking.TAKING_THREADS))

    def route(self) -> Route:
        """Return the route for an application."""
        return Route(PATH, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """Answer one request: 2xx once what it says is safe, 4xx for what is not Slack's, 503 for "send it again"."""
        try:
            asked = self._checked(request, await _body(request))
            work = functools.partial(self.app.dispatch, asked)
            reply = await blocking.call(work, self._taking, TAKING_S)
        except RefusedError as exc:
            return PlainTextResponse(str(exc), exc.status)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return Response(status_code=503)
        return Response(reply.body, reply.status, dict(reply.first_headers()))

    def _checked(self, request: Request, body: bytes) -> BoltRequest:
        """Return what Bolt is to see; raises `RefusedError`. What is signed wrongly is not read any further."""
        headers = dict(request.headers)
        timestamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
        if not (self.signing_secret and timestamp and signature):
            raise RefusedError(401, "not signed")
        if not (timestamp.isascii() and timestamp.isdigit()):
            raise RefusedError(400, "the timestamp is no number")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError(400, "not UTF-8") from None
        if len(timestamp) > len(str(int(time.time()))) or abs(time.time() - int(timestamp)) > FRESH_S:
            raise RefusedError(401, "too old, or of the future")
        verifier = SignatureVerifier(self.signing_secret)
        if not (signature.isascii() and verifier.is_valid(text, timestamp, signature)):
            raise RefusedError(401, "wrongly signed")
        return bolt_request(text, headers)


def bolt_request(text: str, headers: Mapping[str, str]) -> BoltRequest:
    """Return Bolt's request with the payload as we read it; raises `RefusedError`.

    Bolt's own reading loses a command in whose text the word "payload" stands.
    """
    try:
        payload = _payload(text, headers.get("content-type", ""))
        found = BoltRequest(body=json.dumps(payload), headers={name: headers.get(name, "") for name in HEADERS})
    except MALFORMED:
        raise RefusedError(400, "no payload") from None
    found.raw_body, found.body = text, payload
    return found


def _payload(text: str, content_type: str) -> dict[str, Any]:
    """Read JSON, or a form, which may hold JSON in its field `payload`. Raises ValueError."""
    is_form = content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
    form = dict(parse_qsl(text, keep_blank_values=True, errors="strict")) if is_form else {}
    found: object = json.loads(form.get("payload", text)) if not is_form or "payload" in form else form
    if not isinstance(found, dict) or not found or not isinstance(found.get("event", {}), dict):
        message = "no object"
        raise ValueError(message)
    return found


async def _body(request: Request) -> bytes:
    """Read the body, no more of it than is allowed."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise RefusedError(413, "too large")
    return bytes(body)
