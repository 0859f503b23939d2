"""What can happen in WeCom that matters to us, as small frozen values; texts and secrets never show in their repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from adapters.wecom.hearing.posts import Media, Post, Quote
from bot.conversation.commands import Command

Action = Literal["quorum_feedback", "quorum_sources", "quorum_escalate"]
"""What the buttons of our cards do; the first part of a button's key (`layout.cards`)."""

Entrance = Literal["subscribe", "enter_agent", "enter_chat"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `id` is derived from the message, so that every delivery of it has the same.

    `response_url` may be posted to once within an hour; `sent_at` is Unix time in seconds, 0 where WeCom says none.
    """

    id: str
    post: Post
    text: str = field(repr=False)
    media: tuple[Media, ...] = ()
    quote: Quote | None = None
    response_url: str = field(default="", repr=False)
    sent_at: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to answer: a bare mention, to which we say how to ask."""
        return not (self.text or self.media or self.quote)


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command as a whole message or from the app's menu; `id` is as a question's, and an event's from the menu."""

    id: str
    name: Command
    post: Post
    response_url: str = field(default="", repr=False)
    sent_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Refreshed:
    """WeCom asks how far a stream of ours is; it comes again and again and is nothing to remember."""

    stream: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody may use the app from now on, or opened it, or opens the bot's chat for the first time today."""

    id: str
    post: Post
    how: Entrance


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button that somebody pressed on a card of ours; `vote` is 1 or 0 for the feedback buttons, else None.

    `response_code` updates an app's card once within 72 hours, `task` names the card.
    """

    id: str
    action: Action
    answer_id: str
    vote: int | None
    post: Post
    task: str = ""
    response_code: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rated:
    """The bot's own thumbs: 1 or 0, and None when the vote was taken back; `reasons` are WeCom's numbers."""

    id: str
    answer_id: str
    vote: int | None
    post: Post
    reasons: tuple[int, ...] = ()
    comment: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Another process subscribed with our bot: the long connection is over, and must not be fought for."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do; `reason` is one of a few words, fit for logs and labels."""

    reason: Literal["unknown message", "unknown event", "unknown button", "done button", "malformed", "event"]


Event = Asked | Commanded | Refreshed | Entered | Clicked | Rated | Disconnected | Ignored
