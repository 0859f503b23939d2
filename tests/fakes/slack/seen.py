"""One message as the tests look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack import marks
from tests.fakes.slack.reading import read
from tests.fakes.slack.records import JSON

if TYPE_CHECKING:
    from tests.fakes.slack.records import Message

REPLY = "quorum_reply"
"""The event type of the metadata that our replies carry."""
FINAL = ("quorum_feedback", "quorum_escalate", "quorum_sources")
"""Action ids of which a finished reply has at least one."""


@dataclass(frozen=True)
class Seen:
    """One message: `shown` is what a person reads, `text` and `blocks` are what was sent."""

    channel: str
    ts: str
    user: str
    thread_ts: str
    ours: bool
    shown: str
    text: str
    blocks: tuple[JSON, ...]
    metadata: JSON | None
    edited: bool
    deleted: bool
    only_for: str
    versions: tuple[str, ...]
    asked: JSON

    @property
    def question(self) -> str:
        """The id of the question that it answers, from its metadata; empty where it answers none."""
        metadata = self.metadata or {}
        return str(metadata["event_payload"].get("question", "")) if metadata.get("event_type") == REPLY else ""

    @property
    def actions(self) -> list[str]:
        """The action ids of its buttons, each once."""
        return list(dict.fromkeys(each.action_id for each in marks.buttons(self.blocks)))

    @property
    def final(self) -> bool:
        """Whether it is a finished reply and no acknowledgement or progress."""
        return any(each in FINAL for each in self.actions)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Its links as (label, address)."""
        return marks.links(self.text, self.blocks)

    @property
    def pings(self) -> list[str]:
        """Everyone whom it notifies."""
        return marks.pings(self.text, self.blocks)


def seen(message: Message) -> Seen:
    """Return how a message is now."""
    return Seen(
        message.channel,
        message.ts,
        message.user,
        message.thread_ts,
        message.ours,
        read(message.text, message.blocks),
        message.text,
        tuple(message.blocks),
        message.metadata,
        bool(message.edited),
        message.deleted,
        message.only_for,
        tuple(message.versions),
        message.asked,
    )
