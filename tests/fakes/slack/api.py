"""`/api/METHOD`: tokens, arguments, the method itself, and the misbehaviour that was ordered."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.fakes.slack.call import Call, arguments
from tests.fakes.slack.methods import METHODS
from tests.fakes.slack.recording import Recording, Request
from tests.fakes.slack.refused import RefusedError, refuse, refuse_arguments
from tests.fakes.slack.troubles import Troubles
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.troubles import Trouble

LOGIN = "<!DOCTYPE html><html><head><title>Sign in to Fake | Slack</title></head><body>Sign in to Fake</body></html>"
"""What a browser without a session gets."""


@dataclass(frozen=True)
class Api:
    """The Web API over a workspace."""

    slack: Workspace
    troubles: Troubles
    recording: Recording

    async def answer(self, request: HttpRequest) -> Response:
        """Answer one call."""
        name = request.path_params["method"]
        noted = Request(name, {}, request.headers.get("authorization", ""))
        try:
            kind = request.headers.get("content-type", "")
            noted.values = arguments(kind, request.url.query, await request.body())
        except RefusedError as refused:
            return self._said(self.recording.note(noted), refused.reply)
        self.recording.note(noted)
        place = noted.values.get("channel") or noted.values.get("channel_id") or ""
        trouble = self.troubles.take(name, str(place))
        if trouble and not trouble.stored:
            return trouble_reply(trouble, request, noted)
        is_json = kind.startswith("application/json") and bool(await request.body())
        reply = self._said(noted, self._done(noted, is_json=is_json))
        if trouble and trouble.kind == "slow":
            await asyncio.sleep(trouble.seconds)
        elif trouble:
            return trouble_reply(trouble, request, noted)
        return reply

    def _done(self, noted: Request, *, is_json: bool) -> JSON:
        """Do what is asked, and return the reply."""
        method = METHODS.get(noted.path)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": noted.path}
        call = Call(self.slack, noted.path, noted.values)
        with self.slack.lock:
            try:
                self._authorized(noted, method.token)
                call.need(*method.scopes)
                if is_json and not method.takes_json:
                    refuse_arguments(f"{noted.path} takes no JSON body")
                return {"ok": True} | method.run(call)
            except RefusedError as refused:
                return refused.reply

    def _authorized(self, noted: Request, kind: str) -> None:
        """Refuse a token that is missing, wrong, or of the other kind."""
        token = noted.authorization.removeprefix("Bearer ") or str(noted.values.pop("token", ""))
        if not token:
            refuse("not_authed")
        right, other = self.slack.bot_token, self.slack.app_token
        if kind == "app":
            right, other = other, right
        if token == other:
            refuse("not_allowed_token_type")
        if token != right:
            refuse("invalid_auth")

    def _said(self, noted: Request, reply: JSON) -> Response:
        noted.status, noted.error = 200, str(reply.get("error", ""))
        headers = {"x-slack-req-id": uuid4().hex}
        if noted.error not in {"not_authed", "invalid_auth"}:
            app = noted.authorization == f"Bearer {self.slack.app_token}"
            headers["x-oauth-scopes"] = ",".join(sorted(self.slack.app_scopes if app else self.slack.scopes))
            needed = METHODS[noted.path].scopes if noted.path in METHODS else ()
            headers["x-accepted-oauth-scopes"] = ",".join(needed)
        return JSONResponse(reply, headers=headers)


def trouble_reply(trouble: Trouble, request: HttpRequest, noted: Request) -> Response:
    """Misbehave instead of answering."""
    match trouble.kind:
        case "429":
            noted.status = 429
            after = str(max(1, math.ceil(trouble.seconds)))
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": after})
        case "html":
            noted.status = 200
            return HTMLResponse(LOGIN)
        case "error":
            noted.status = trouble.status
            return HTMLResponse("<html><body>Slack is down for a moment.</body></html>", trouble.status)
    noted.status = 0
    reset(request)
    return Response()


def reset(request: HttpRequest) -> None:
    """Reset the connection of a request; what is sent to it afterwards is lost."""
    transport = request.scope["transport"]
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
