"""How what people do is worded for our callbacks: XML for the app, JSON for the AI bot."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import JSON, Asked, Bubble, Media

XML = str | int | dict[str, "XML"] | list["XML"]
"""What stands in an element: a text, a number, further elements, or the same element many times."""


def xml(values: Mapping[str, XML], name: str = "xml") -> str:
    """Write an XML message, texts as CDATA."""
    return f"<{name}>{''.join(_element(key, value) for key, value in values.items())}</{name}>"


def _element(name: str, value: XML) -> str:
    match value:
        case dict():
            return xml(value, name)
        case list():
            return "".join(_element(name, each) for each in value)
        case int():
            return f"<{name}>{value}</{name}>"
    if "]]>" in value:
        return f"<{name}>{escape(value)}</{name}>"
    return f"<{name}><![CDATA[{value}]]></{name}>"


def to_app(corp: Corp, user: str, kind: str, **fields: XML) -> dict[str, XML]:
    """Word a message or an event for the app."""
    head: dict[str, XML] = {"ToUserName": corp.id, "FromUserName": user, "CreateTime": int(corp.now()), "MsgType": kind}
    return head | fields | {"AgentID": corp.agent}


def number() -> int:
    """Return a MsgId of an app's message: 64 bits."""
    return uuid4().int >> 65


def to_bot(corp: Corp, bubble: Bubble, *, socket: bool) -> JSON:
    """Word a message for the AI bot; a response URL comes by callback only."""
    body = _head(corp, bubble.id, bubble.chat, bubble.author, bubble.at) | _content(corp, bubble, socket=socket)
    if bubble.quotes:
        quoted = corp.bubble(bubble.quotes)
        body["quote"] = _content(corp, quoted, socket=socket)
    return body if socket else body | {"response_url": response_url(corp, bubble.id)}


def response_url(corp: Corp, asked: str) -> str:
    """Return an address for one further message."""
    return f"{corp.address}/cgi-bin/aibot/response?response_code={corp.code('response_url', asked)}"


def event(corp: Corp, chat: str, user: str, kind: str, inner: JSON) -> JSON:
    """Word an event for the AI bot."""
    body = _head(corp, uuid4().hex, chat, user, corp.now())
    return body | {"msgtype": "event", "event": {"eventtype": kind, kind: inner} if inner else {"eventtype": kind}}


def poll(corp: Corp, asked: Asked) -> JSON:
    """Word one more question after a stream; it has a msgid of its own."""
    stream = asked.reply.stream if asked.reply else ""
    body = _head(corp, uuid4().hex, asked.chat, asked.user, corp.now())
    body.pop("create_time")
    return body | {"msgtype": "stream", "stream": {"id": stream}}


def _head(corp: Corp, name: str, chat: str, user: str, at: float) -> JSON:
    direct = chat.startswith("bot/")
    place = {"chattype": "single"} if direct else {"chatid": chat, "chattype": "group"}
    return {"msgid": name, "aibotid": corp.bot_id} | place | {"from": {"userid": user}, "create_time": int(at)}


def _content(corp: Corp, bubble: Bubble, *, socket: bool) -> JSON:
    match bubble.kind:
        case "voice":
            return {"msgtype": "voice", "voice": {"content": bubble.text}}
        case "image" | "file" | "video":
            return {"msgtype": bubble.kind, bubble.kind: _source(corp, bubble.media[0], socket=socket)}
        case "mixed":
            items: list[JSON] = [{"msgtype": "text", "text": {"content": bubble.text}}]
            for media in bubble.media:
                items += [{"msgtype": "image", "image": _source(corp, media, socket=socket)}]
            return {"msgtype": "mixed", "mixed": {"msg_item": items}}
    return {"msgtype": "text", "text": {"content": bubble.text}}


def _source(corp: Corp, media: Media, *, socket: bool) -> JSON:
    """Word where a medium is; a long connection gets the key of each along with it."""
    found = {"url": f"{corp.address}/media/{media.id}?sign={int(corp.now())}"}
    return found | ({"aeskey": base64.b64encode(media.key).decode().rstrip("=")} if socket else {})
