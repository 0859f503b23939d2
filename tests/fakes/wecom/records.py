"""What a corp keeps: people, groups, media, what stands in the chats, and what the AI bot was told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
Kind = Literal[
    "text", "image", "voice", "file", "video", "mixed", "link", "location", "markdown", "stream", "template_card",
    "textcard", "news", "notice",
]  # fmt: skip
Via = Literal["", "message/send", "passive", "stream", "response_url", "welcome", "aibot_send_msg", "webhook"]


@dataclass
class Person:
    """A member; one who is not `visible` is outside of the app's range."""

    id: str
    name: str
    departments: list[int] = field(default_factory=lambda: [1])
    visible: bool = True


@dataclass
class Group:
    """An internal group; the AI bot is told only what mentions it there."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)


@dataclass
class Media:
    """A file or a picture that a person sent; `key` is that of its encryption for the AI bot."""

    id: str
    kind: str
    name: str
    content: bytes
    at: float
    key: bytes = b""
    gone: bool = False


@dataclass
class Bubble:
    """One message in a chat, with everything that it ever showed; `author` is empty for ours."""

    id: str
    chat: str
    author: str
    kind: Kind
    text: str
    at: float
    via: Via = ""
    card: JSON | None = None
    media: list[Media] = field(default_factory=list)
    quotes: str = ""
    """The id of the message that it quotes."""
    answers: str = ""
    """The id of the message that it answers, where the protocol says so."""
    stream: str = ""
    finished: bool = True
    feedback: str = ""
    """The feedback id under which it can be rated."""
    rating: int = 0
    recalled: bool = False
    versions: list[str] = field(default_factory=list)
    """What a person read, version by version."""
    asked: JSON = field(default_factory=dict)
    """What was sent to make it."""

    def show(self, text: str) -> None:
        """Show another text."""
        self.text = text
        self.versions.append(text)


@dataclass
class Asked:
    """One thing that the AI bot was told, and what it made of it."""

    kind: Literal["message", "enter_chat", "template_card_event", "feedback_event", "disconnected_event"]
    body: JSON
    """The message as WeCom sends it, before it is encrypted."""
    chat: str
    user: str
    at: float
    reply: Bubble | None = None
    """The bubble of its stream, or of the card or welcome that answered it."""
    clicked: Bubble | None = None
    done: bool = False
    """Whether nothing more can come of it."""
    reached: threading.Event = field(default_factory=threading.Event)
    """Set when it was delivered, or given up."""
    lost: bool = False
    """Whether it never reached the bot."""

    @property
    def id(self) -> str:
        """Its msgid."""
        return str(self.body["msgid"])

    @property
    def open(self) -> bool:
        """Whether a stream of it goes on."""
        return self.reply is not None and not self.reply.finished and not self.done
