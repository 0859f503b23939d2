"""Where things are said in WeCom and by whom: posts, the media beside them, what they quote, and ids of questions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

Surface = Literal["app", "bot"]
"""The self-built app, or the AI bot, whichever way it is connected."""

Room = Literal["single", "group"]
MediaKind = Literal["image", "voice", "video", "file"]

LONGEST_ID = 128
"""Characters of an id; a longer one is hashed."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a message or a click stands and whose it is.

    `conversation` is the chat's id in groups and the user's elsewhere. Users are in lower case, since WeCom tells no
    case apart; one of another corp is `corp/user` (`is_external`), so that nobody is taken for one of ours. `message`
    is WeCom's id of it, empty for what has none.
    """

    surface: Surface
    room: Room
    conversation: str
    user: str
    message: str = ""
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, recording or file, still at WeCom: an app fetches it by `id`, an AI bot from `url`, encrypted.

    `key` is the AES key of this one file, where the long connection gives one; else it is the bot's own.
    """

    kind: MediaKind
    id: str = ""
    url: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that somebody quoted beside a question: what it says, and what is in it to be fetched."""

    text: str = field(repr=False)
    media: tuple[Media, ...] = ()


def question_id(surface: Surface, message: str) -> str:
    """Return the id of the question that a message is; every delivery of it has the same, no other message has."""
    return f"wecom-{surface}-{plain(message)}"


def event_id(*parts: str) -> str:
    """Return a key for what has no id of its own, derived from all that tells it from others."""
    return "event-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def plain(text: str) -> str:
    """Return an id as letters, digits and `_.-~`, another for every text, which fits addresses and keys."""
    found = _UNSAFE.sub(lambda match: "".join(f"~{byte:02X}" for byte in match.group().encode()), text)
    return found if len(found) <= LONGEST_ID else f"~h{hashlib.sha256(text.encode()).hexdigest()}"
