"""What is on the screen: the conversations of one person, one of them open, perhaps a thread, a modal, the Home."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from tests.fakes.slack.methods.assistant import status_of
from tests.fakes.slack.page import blocks
from tests.fakes.slack.page.words import mrkdwn

if TYPE_CHECKING:
    from tests.fakes.slack.records import Channel, Message
    from tests.fakes.slack.workspace import Workspace


@dataclass(frozen=True)
class Line:
    """One message as the page shows it."""

    ts: str
    who: str
    initial: str
    bot: bool
    clock: str
    body: Markup
    files: list[str]
    reactions: list[str]
    edited: bool
    private: bool
    mine: bool
    replies: int
    root: str


class Screen:
    """One person's view of a workspace."""

    def __init__(self, slack: Workspace, user: str, channel: str, thread: str) -> None:
        self.slack, self.user, self.channel, self.thread = slack, user, channel, thread

    def name(self, found: str) -> str:
        """Return how a person, a group or a conversation is called."""
        slack = self.slack
        if found in slack.users:
            return slack.users[found].name
        if found in slack.groups:
            return slack.groups[found].handle
        return slack.channels[found].name if found in slack.channels else found

    def title(self, channel: Channel) -> str:
        """Return the name of a conversation as this person sees it."""
        if channel.kind == "im":
            return "quorum"
        return ("🔒 " if channel.kind == "group" else "# ") + channel.name

    @property
    def people(self) -> list[tuple[str, str]]:
        """Everyone as whom the page can be used, as (id, name)."""
        return [(each.id, each.name) for each in self.slack.users.values() if not each.bot and not each.deleted]

    @property
    def channels(self) -> list[tuple[str, str]]:
        """The conversations that this person is in, as (id, title)."""
        found = [each for each in self.slack.channels.values() if self.user in each.members]
        return [(each.id, self.title(each)) for each in found]

    @property
    def heading(self) -> str:
        """The title of the open conversation."""
        return self.title(self.slack.channels[self.channel])

    @property
    def status(self) -> str:
        """What the bot says that it is doing in the open thread."""
        return status_of(self.slack, self.channel, self.thread) if self.thread else ""

    @property
    def lines(self) -> list[Line]:
        """The messages of the open thread, or of the conversation with one line for each thread."""
        said = [each for each in self.slack.said(self.channel) if each.only_for in {"", self.user}]
        if self.thread:
            return [self._line(each, 0) for each in said if each.root == self.thread]
        top = [each for each in said if not each.reply or each.broadcast]
        return [self._line(each, sum(other.reply and other.root == each.ts for other in said)) for each in top]

    @property
    def modal(self) -> tuple[str, Markup] | None:
        """The modal that this person has open: title and body."""
        view = self.slack.modals.get(self.user)
        return (view["title"]["text"], blocks.html(view["blocks"], self._place())) if view else None

    @property
    def home(self) -> Markup | None:
        """The App Home that was published for this person."""
        view = self.slack.homes.get(self.user)
        return blocks.html(view["blocks"], self._place()) if view else None

    def _place(self, message: Message | None = None) -> blocks.Place:
        ts = message.ts if message else ""
        return blocks.Place(self.name, self.channel, ts, self.thread, self.user)

    def _line(self, message: Message, replies: int) -> Line:
        shown = blocks.html(message.blocks, self._place(message)) if message.blocks else mrkdwn(message.text, self.name)
        if message.subtype == "tombstone":
            shown = Markup("<i>{}</i>").format(message.text)
        bot = message.ours or bool(message.bot_id)
        who = self.name(message.user)
        return Line(
            message.ts,
            who,
            "Q" if message.ours else escape(who[:1].upper()),
            bot,
            time.strftime("%H:%M", time.localtime(float(message.ts))),
            shown,
            [f"{each.name} · {each.size:,} bytes" for each in message.files],
            [f":{name}: {len(users)}" for name, users in message.reactions.items()],
            bool(message.edited) and not message.blocks,
            bool(message.only_for),
            message.user == self.user,
            replies,
            message.root,
        )
