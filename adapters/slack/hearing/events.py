"""What can happen in Slack that matters to us, as small frozen values; texts and secrets never show in their repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from adapters.slack.hearing.posts import Post, SharedFile
from bot.conversation.commands import Command

Via = Literal["mention", "direct", "thread", "shortcut", "command"]
"""How a question reached us; a follow-up in a thread where we are engaged came by `thread`."""

Action = Literal["quorum_feedback", "quorum_sources", "quorum_compare", "quorum_escalate"]

ASK_SHORTCUT = "quorum_ask"
"""Callback id of the message shortcut (`manifest`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `id` is derived from the message, so that every delivery of it and of its edits has the same.

    `event_id` is the delivery's own key, the same for all its repetitions. `response_url` is set where the answer goes
    there (`via` a command) or may go there if we cannot post (`via` the shortcut).
    """

    id: str
    post: Post
    via: Via
    text: str = field(repr=False)
    files: tuple[SharedFile, ...] = ()
    event_id: str = ""
    response_url: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to answer: a bare mention, to which we say how to ask."""
        return not self.text and not self.files


@dataclass(frozen=True, slots=True)
class Edited:
    """A question that its author edited, as it reads now; it may be one that we have not seen before."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that is gone; `id` is the question's, if it was one."""

    id: str
    post: Post
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button that somebody pressed on the message `post.ts`; `vote` is 1 or 0 for the feedback buttons, else None."""

    action: Action
    answer_id: str
    vote: int | None
    post: Post
    is_ephemeral: bool = False
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Commanded:
    """`/quorum name text`, or the same written to us; the reply goes to `response_url`, else to the thread."""

    name: Command
    text: str = field(repr=False)
    post: Post
    event_id: str = ""
    response_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody opened our home tab, or our messages (`tab`), in which suggestions may be shown."""

    user: str
    team: str
    tab: Literal["home", "messages"]
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ThreadOpened:
    """Somebody opened a new conversation in the legacy assistant's pane."""

    user: str
    team: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Challenged:
    """Slack checks our address and wants `challenge` back."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do; `reason` is one of a few words, fit for logs."""

    reason: str


Event = Asked | Edited | Deleted | Clicked | Commanded | HomeOpened | ThreadOpened | Challenged | Ignored
