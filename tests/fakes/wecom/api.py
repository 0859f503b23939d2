"""`/cgi-bin/METHOD`: the token, the arguments, the method itself, and the misbehaviour that was ordered."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from tests.fakes.wecom.call import Call, decoded
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.methods import METHODS
from tests.fakes.wecom.recording import Recording, Request
from tests.fakes.wecom.refused import RefusedError, refuse
from tests.fakes.wecom.tokens import Tokens
from tests.fakes.wecom.troubles import Quota, Troubles

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from tests.fakes.wecom.records import JSON
    from tests.fakes.wecom.troubles import Trouble


@dataclass(frozen=True)
class Api:
    """The server API over a corp."""

    corp: Corp
    tokens: Tokens
    troubles: Troubles
    recording: Recording
    to_member: Quota

    async def answer(self, request: HttpRequest) -> Response:
        """Answer one call."""
        name, body = request.path_params["method"], await request.body()
        noted = self.recording.note(Request(name, {}, dict(request.query_params), body))
        try:
            noted.values = decoded(body) if request.method == "POST" else {}
        except RefusedError as refused:
            return self._said(noted, refused.reply)
        trouble = self.troubles.take(name, str(noted.values.get("touser", "")).split("|")[0])
        if trouble and not trouble.stored:
            return misbehaved(trouble, request, noted)
        reply = self._said(noted, self._done(noted, request.method))
        if trouble and trouble.kind == "slow":
            await asyncio.sleep(trouble.seconds)
        elif trouble:
            return misbehaved(trouble, request, noted)
        return reply

    def _done(self, noted: Request, verb: str) -> JSON | Response:
        """Do what is asked, and return the reply."""
        method = METHODS.get(noted.path)
        if method is None:
            return PlainTextResponse("404 page not found", 404)
        with self.corp.lock:
            try:
                if verb != method.verb:
                    refuse(43001 if method.verb == "GET" else 43002, f"require {method.verb} method")
                if noted.path == "gettoken":
                    return self._token(noted)
                if method.token:
                    self.tokens.check(noted.query.get("access_token", ""))
                found = method.run(Call(self.corp, noted, self.to_member))
            except RefusedError as refused:
                return refused.reply
        return found if isinstance(found, Response) else {"errcode": 0, "errmsg": "ok"} | found

    def _token(self, noted: Request) -> JSON:
        """Give the token to whoever has the secret."""
        for name, code in (("corpid", 41002), ("corpsecret", 41004)):
            if not noted.query.get(name):
                refuse(code, f"{name} missing")
        if noted.query["corpid"] != self.corp.id:
            refuse(40013, "invalid corpid")
        if noted.query["corpsecret"] != self.corp.secret:
            refuse(40001, "invalid credential")
        token, left = self.tokens.give()
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left}

    def _said(self, noted: Request, reply: JSON | Response) -> Response:
        if isinstance(reply, Response):
            noted.status = reply.status_code
            return reply
        noted.status, noted.code = 200, int(reply["errcode"])
        if noted.code:  # as the real one words it, hint and all
            hint = f"{reply['errmsg']}, hint: [1700000000_1_fake], from ip: 127.0.0.1, more info at https://open.work"
            reply = reply | {"errmsg": f"{hint}.weixin.qq.com/devtool/query?e={noted.code}"}
        return JSONResponse(reply)


def misbehaved(trouble: Trouble, request: HttpRequest, noted: Request) -> Response:
    """Misbehave instead of answering."""
    match trouble.kind:
        case "code":
            noted.status, noted.code = 200, trouble.code
            return JSONResponse(trouble.reply)
        case "error":
            noted.status, noted.code = trouble.status, None
            return PlainTextResponse("WeCom is down for a moment.", trouble.status)
        case "page":
            noted.status, noted.code = 200, None
            return HTMLResponse("<html><body>系统维护中</body></html>")
    noted.status, noted.code = 0, None
    transport = request.scope["transport"]
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return Response()
