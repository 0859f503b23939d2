"""`/response/…`: the addresses that come with clicks and commands, good for five answers in thirty minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.fakes.slack import changing
from tests.fakes.slack.api import trouble_reply
from tests.fakes.slack.call import Call
from tests.fakes.slack.methods.content import content
from tests.fakes.slack.recording import Recording, Request
from tests.fakes.slack.records import Message
from tests.fakes.slack.refused import RefusedError, refuse
from tests.fakes.slack.troubles import Troubles
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from tests.fakes.slack.records import JSON

MOST_USES = 5
LIFE_S = 1800.0


@dataclass
class ResponseUrl:
    """Where an answer goes: to a person in a conversation, or over the message that was clicked."""

    channel: str
    user: str
    message_ts: str
    made: float
    uses: int = 0


@dataclass(frozen=True)
class Responses:
    """The response URLs of a workspace; troubles know them as the method `response_url`."""

    slack: Workspace
    troubles: Troubles
    recording: Recording
    urls: dict[str, ResponseUrl] = field(default_factory=dict)

    def make(self, channel: str, user: str, message_ts: str = "") -> str:
        """Hand out an address."""
        name = uuid4().hex
        self.urls[name] = ResponseUrl(channel, user, message_ts, self.slack.now())
        return f"{self.slack.address}/response/{name}"

    async def answer(self, request: HttpRequest) -> Response:
        """Take one answer."""
        noted = self.recording.note(Request("response_url", {}, request.headers.get("authorization", ""), status=200))
        trouble = self.troubles.take("response_url", "")
        if trouble and not trouble.stored:
            return trouble_reply(trouble, request, noted)
        try:
            noted.values = json.loads(await request.body())
            with self.slack.lock:
                self._take(request.path_params["name"], noted.values)
        except ValueError:
            noted.error, noted.status = "invalid_payload", 400
            return PlainTextResponse(noted.error, 400)
        except RefusedError as refused:
            noted.error, noted.status = refused.error, 404 if refused.error.endswith("_url") else 400
            return JSONResponse(refused.reply, noted.status)
        return trouble_reply(trouble, request, noted) if trouble else PlainTextResponse("ok")

    def show(self, url: str, body: bytes) -> None:
        """Show what a command was answered with in the response itself: JSON, or a plain text."""
        try:
            values = json.loads(body)
        except ValueError:
            values = {"text": body.decode(errors="replace")}
        with self.slack.lock:
            self._take(url.rpartition("/")[2], values)

    def _take(self, name: str, values: JSON) -> None:
        url = self.urls.get(name)
        if url is None or self.slack.now() - url.made > LIFE_S:
            refuse("expired_url")
        if url.uses >= MOST_USES:
            refuse("used_url")
        url.uses += 1
        call = Call(self.slack, "response_url", values)
        original = self.slack.messages.get((url.channel, url.message_ts))
        if original and call.flag("delete_original"):
            changing.remove(self.slack, original)
            return
        shown = content(call)
        if original and call.flag("replace_original"):
            before = changing.before(self.slack, original)
            original.text, original.blocks = shown.text or "", shown.blocks or []
            changing.change(self.slack, original, before)
            return
        private = "" if call.get("response_type") == "in_channel" else url.user
        message = Message(url.channel, self.slack.ts(), self.slack.bot_user, shown.text or "", shown.blocks or [])
        message.thread_ts, message.ours, message.only_for = call.get("thread_ts") or "", True, private
        message.asked = values
        changing.say(self.slack, message)
