"""The smallest app and AI bot that a fake WeCom can call: it opens what it gets and says what a test told it to say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Self
from xml.etree import ElementTree as ET

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from starlette.requests import Request

    from tests.fakes.wecom.records import JSON

CARD: JSON = {
    "card_type": "button_interaction",
    "main_title": {"title": "没找到答案"},
    "task_id": "task-1",
    "button_list": [{"text": "转人工", "style": 1, "key": "human"}],
}
"""A card with one button."""


def stream(content: str, *, finish: bool = True, name: str = "s1", **more: object) -> JSON:
    """Return a stream as an AI bot replies with it."""
    return {"msgtype": "stream", "stream": {"id": name, "finish": finish, "content": content} | more}


class Callee:
    """Runs while its `with` block runs; `bot_says` returns the plain reply to what the AI bot is told, or None."""

    def __init__(self) -> None:
        self.server = Server()
        self.corp = Corp()
        self.app_heard: list[dict[str, str]] = []
        self.bot_heard: list[JSON] = []
        self.queries: list[dict[str, str]] = []
        self.app_says: Callable[[dict[str, str]], bytes] = lambda _: b""
        self.bot_says: Callable[[JSON], JSON | None] = lambda _: None
        self.sealed: Callable[[JSON], JSON] = lambda outer: outer
        """Changes the outer part of a reply, to spoil it."""
        self.statuses: list[int] = []
        """Statuses of the next replies; 200 where there are no more."""
        self.echo: Callable[[str], str] = lambda said: said

    @property
    def app_url(self) -> str:
        """Where the app is called."""
        return f"{self.server.address}/wecom/app"

    @property
    def bot_url(self) -> str:
        """Where the AI bot is called."""
        return f"{self.server.address}/wecom/aibot"

    async def _app(self, request: Request) -> Response:
        query, seal = request.query_params, self.corp.app_seal
        signs = (query["msg_signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return PlainTextResponse(self.echo(seal.opened(*signs, query["echostr"])))
        outer = ET.fromstring(await request.body())  # noqa: S314 - the fake's own
        plain = ET.fromstring(seal.opened(*signs, outer.findtext("Encrypt", "")))  # noqa: S314 - the fake's own
        heard = {each.tag: each.text or "" for each in plain}
        self.app_heard.append(heard)
        self.queries.append(dict(query))
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return Response(status_code=status)
        return Response(self.app_says(heard))

    async def _bot(self, request: Request) -> Response:
        query, seal = request.query_params, self.corp.bot_seal
        signs = (query["msg_signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return PlainTextResponse(self.echo(seal.opened(*signs, query["echostr"])))
        heard = json.loads(seal.opened(*signs, json.loads(await request.body())["encrypt"]))
        self.bot_heard.append(heard)
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return Response(status_code=status)
        reply = self.bot_says(heard)
        if reply is None:
            return Response()
        encrypted, nonce = seal.encrypt(json.dumps(reply, ensure_ascii=False)), query["nonce"]
        signed = seal.sign("1700000000", nonce, encrypted)
        outer = {"encrypt": encrypted, "msgsignature": signed, "timestamp": 1700000000, "nonce": nonce}
        return PlainTextResponse(json.dumps(self.sealed(outer)))

    def up(self) -> None:
        """Begin to listen; `server.down()` ends it."""
        routes = [
            Route("/wecom/app", self._app, methods=["GET", "POST"]),
            Route("/wecom/aibot", self._bot, methods=["GET", "POST"]),
        ]
        self.server.up(Starlette(routes=routes))

    def __enter__(self) -> Self:
        self.server.begin()
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.server.end()
