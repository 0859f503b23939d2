"""Where a stream of the AI bot stands, and how it ends; both as they are kept in the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from adapters.wecom.layout import tags
from bot.types import Language

if TYPE_CHECKING:
    from bot.types import Question

Mode = Literal["callback", "socket"]
Room = Literal["single", "group"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream stands and since when, in Unix time by our clock.

    `chat` is the id of the group, and of the user in a direct chat. `request` is the req_id under which frames are
    accepted, on the connection `link` alone; `url` may be posted to once. `question` is what the stream answers.
    """

    question: str
    mode: Mode
    room: Room
    chat: str
    user: str
    language: Language
    at: float
    url: str = field(default="", repr=False)
    request: str = ""
    link: str = ""

    def encode(self) -> bytes:
        """Serialise it for a store."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def decode(cls, value: bytes) -> Place:
        """Read what `encode` wrote, here or in a version that keeps more."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: found for name, found in json.loads(value).items() if name in known})


@dataclass(frozen=True, slots=True)
class Final:
    """The last words: the first content ends the stream, more of them follow as messages; `card` stands under it."""

    contents: tuple[str, ...] = field(repr=False)
    card: Mapping[str, Any] | None = field(default=None, repr=False)

    def encode(self) -> bytes:
        """Serialise it for a store."""
        return json.dumps({"contents": self.contents, "card": self.card}, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, value: bytes) -> Final:
        """Read what `encode` wrote."""
        found = json.loads(value)
        return cls(tuple(found["contents"]), found["card"])

    @property
    def digest(self) -> str:
        """Tells these words from any others."""
        return hashlib.sha256(self.encode()).hexdigest()[:16]


def stream_of(question: Question) -> str:
    """Return the id of the stream that answers a question or an errand, the same for every delivery of it."""
    return question.details.get("stream") or tags.stream(question.id)


def place_of(question: Question, at: float) -> Place:
    """Return where a question or an errand is answered; `at` is when it came."""
    details, address = question.details, question.address
    return Place(
        question=question.id,
        mode="socket" if details.get("mode") == "socket" else "callback",
        room="group" if details.get("chattype") == "group" else "single",
        chat=address.conversation.removeprefix("bot:"),
        user=address.user,
        language=question.language,
        at=at,
        url=details.get("response_url", ""),
        request=details.get("req_id", ""),
        link=details.get("link", ""),
    )
