"""What people do with their keyboards: write, quote and share, to the app, to the AI bot, and in groups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.wecom import telling
from tests.fakes.wecom.attempts import Delivery
from tests.fakes.wecom.crypto import key_of
from tests.fakes.wecom.records import Asked, Bubble, Media

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.delivering import Deliveries
    from tests.fakes.wecom.records import JSON, Kind
    from tests.fakes.wecom.server import Server
    from tests.fakes.wecom.telling import XML
    from tests.fakes.wecom.turns import Turns

WAIT = "请等待上一条消息的回复完成后再提问"
IN_GROUPS = ("text", "mixed")
"""Only this reaches an AI bot from groups (document 100719)."""


class Writing:
    """People who write; `to` is `app`, `bot` or the id of a group. All methods return the id of the message."""

    corp: Corp
    server: Server
    deliveries: Deliveries
    turns: Turns

    def write(self, user: str, text: str, to: str = "bot", *, quotes: str = "") -> str:
        """Write a text; in a group the AI bot is told only if it is mentioned. `quotes` is the id of a message."""
        return self._say(user, to, "text", text, quotes=quotes)

    def mention(self, user: str, group: str, text: str, *, quotes: str = "") -> str:
        """Write in a group to the AI bot."""
        return self.write(user, f"@{self.corp.bot_name} {text}", group, quotes=quotes)

    def picture(self, user: str, content: bytes, to: str = "bot", name: str = "image.png") -> str:
        """Share a picture."""
        return self._say(user, to, "image", "[图片]", [self.media("image", name, content)])

    def file(self, user: str, name: str, content: bytes, to: str = "bot") -> str:
        """Share a file."""
        return self._say(user, to, "file", name, [self.media("file", name, content)])

    def voice(self, user: str, text: str, to: str = "bot") -> str:
        """Say something; `text` is what WeCom understood."""
        return self._say(user, to, "voice", text, [self.media("voice", "voice.amr", b"#!AMR\n")])

    def mixed(self, user: str, text: str, *pictures: bytes, to: str = "bot") -> str:
        """Write a text with pictures in it, to the AI bot."""
        return self._say(user, to, "mixed", text, [self.media("image", "image.png", each) for each in pictures])

    def tell_app(self, user: str, kind: str, **fields: XML) -> Delivery:
        """Send any message to the app, known or not; a MsgId is added unless it is an event."""
        number: dict[str, XML] = {} if kind == "event" else {"MsgId": telling.number()}
        return self._post(telling.to_app(self.corp, user, kind, **(number | fields)))

    def media(self, kind: str, name: str, content: bytes) -> Media:
        """Keep a medium; the AI bot gets it encrypted."""
        by_callback = self.deliveries.bot_url is not None
        key = key_of(self.corp.bot_aes_key) if by_callback else os.urandom(32)
        with self.corp.lock:
            made = Media(f"media{uuid4().hex}", kind, name, content, self.corp.now(), key)
            self.corp.media[made.id] = made
        return made

    def _say(self, user: str, to: str, kind: Kind, text: str, media: Sequence[Media] = (), *, quotes: str = "") -> str:
        name = str(telling.number()) if to == "app" else f"CAIQ{uuid4().hex[:20]}"
        chat = f"{to}/{user}" if to in {"app", "bot"} else to
        bubble = self.corp.put(chat, kind, text, user, name, media=list(media), quotes=quotes)
        if to == "app":
            self._post(telling.to_app(self.corp, user, kind, MsgId=int(name), **_app_fields(self.corp, bubble)))
        elif to == "bot" or (kind in IN_GROUPS and f"@{self.corp.bot_name}" in text):
            self._ask(bubble)
        return name

    def _ask(self, bubble: Bubble, body: JSON | None = None) -> str:
        """Tell the AI bot of a message, unless its author waits for too many answers already."""
        with self.corp.lock:
            if self.corp.busy(bubble.author):
                self.corp.put(bubble.chat, "notice", WAIT, answers=bubble.id)
                return bubble.id
            body = body or telling.to_bot(self.corp, bubble, socket=self.deliveries.bot_url is None)
            asked = Asked("message", body, bubble.chat, bubble.author, bubble.at)
            self.corp.asked[bubble.id] = asked
        self.server.start(self.turns.tell(asked))
        return bubble.id

    def _post(self, values: dict[str, XML], asked: Asked | None = None) -> Delivery:
        """Deliver something to the app's callback."""
        delivery = self.deliveries.noted(Delivery("app", telling.xml(values), asked=asked))
        self.server.start(self.deliveries.send(delivery))
        return delivery


def _app_fields(corp: Corp, bubble: Bubble) -> dict[str, XML]:
    """Return what a message brings beside its head."""
    if bubble.kind == "text":
        return {"Content": bubble.text}
    media = bubble.media[0]
    match bubble.kind:
        case "image":
            return {"PicUrl": f"{corp.address}/media/{media.id}", "MediaId": media.id}
        case "voice":
            return {"MediaId": media.id, "Format": "amr", "Recognition": bubble.text}
        case "file":
            return {"MediaId": media.id, "FileName": media.name, "FileSize": str(len(media.content))}
    return {"MediaId": media.id}
