"""A workspace: who is in it, what was said in it, and what time it is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.fakes.slack.reading import read
from tests.fakes.slack.records import JSON, Channel, File, Group, Message, User
from tests.fakes.slack.refused import refuse

BOT_SCOPES = [
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
]
"""What a bot of this kind is granted by its manifest."""


@dataclass
class Workspace:
    """Everything that the server keeps; callers hold `lock` while they change it."""

    address: str = ""
    """The server's own address, `http://host:port`."""
    team: str = "T0QUORUM1"
    app: str = "A0QUORUM1"
    bot_user: str = "U0QUORUM1"
    bot_id: str = "B0QUORUM1"
    bot_token: str = "xoxb-fake-bot-token"
    app_token: str = "xapp-fake-app-token"
    signing_secret: str = "fake-signing-secret-of-the-fake-slack"
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    app_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    homes: dict[str, JSON] = field(default_factory=dict)
    """The App Home that was published for each person."""
    modals: dict[str, JSON] = field(default_factory=dict)
    """The modal that each person has open."""
    statuses: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    """Assistant status and when it was set, by (channel, thread)."""
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    prompts: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Trigger id → (user, when it was made); a used one has no user."""
    tickets: set[str] = field(default_factory=set)
    """Socket Mode addresses that were handed out and not used."""
    remarks: list[str] = field(default_factory=list)
    """What Slack would let pass and what is a mistake all the same."""
    agent_view: bool = True
    """Whether the assistant's status, title and prompts work."""
    orphans_surface: bool = False
    """Whether a reply to a deleted message is posted to the channel, as people report
    (python-slack-events-api #87), and not refused."""
    edit_window_s: float | None = None
    """After so long the bot's own messages cannot be edited any more, by the workspace's settings."""
    stream_s: float = 300.0
    """After so long a stream ends by itself; observed about 306 (python-slack-sdk #1859)."""
    blocks_limit: int = 13_300
    """Characters of JSON in all blocks of a message; measured by others (bolt-js #2509 and #2867)."""
    skew_s: float = 0.0
    """How far the workspace's clock is ahead of the machine's."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    announce: Callable[[JSON], None] = field(default=lambda _: None, repr=False)
    """Called with every event that happens; the deliveries listen here."""
    _last: int = 0

    def now(self) -> float:
        """Return the workspace's time, seconds since 1970."""
        return time.time() + self.skew_s

    def ts(self) -> str:
        """Return a timestamp that no other message has, later than all before."""
        with self.lock:
            self._last = max(self._last + 1, int(self.now() * 1_000_000))
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def channel(self, name: str | None) -> Channel:
        """Return a conversation that the bot can see; a user's id stands for the direct messages with that person."""
        if name and name in self.users and not name.startswith("D"):
            name = self.direct(name).id
        found = self.channels.get(name or "")
        if found is None or (found.kind != "channel" and self.bot_user not in found.members):
            refuse("channel_not_found")
        return found

    def direct(self, user: str) -> Channel:
        """Return the direct messages of the bot with a person, begun where there were none."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == {user, self.bot_user}:
                return channel
        channel = Channel(f"D{user[1:]}", "", "im", {user, self.bot_user})
        self.channels[channel.id] = channel
        return channel

    def message(self, channel: str, ts: str | None) -> Message:
        """Return a message that stands in a conversation; RefusedError `message_not_found`."""
        found = self.messages.get((channel, ts or ""))
        if found is None or found.deleted or found.only_for:
            refuse("message_not_found")
        return found

    def thread(self, channel: str, root: str) -> Iterator[Message]:
        """Yield the visible messages of a thread in order, the one that began it first; ephemeral ones too."""
        found = [each for each in self.messages.values() if each.channel == channel and each.root == root]
        yield from sorted((each for each in found if not each.deleted), key=lambda message: float(message.ts))

    def said(self, channel: str) -> list[Message]:
        """Return the visible messages of a conversation in order."""
        found = [message for message in self.messages.values() if message.channel == channel and not message.deleted]
        return sorted(found, key=lambda message: float(message.ts))

    def keep(self, message: Message) -> Message:
        """Store a message, or a new version of it."""
        self.messages[(message.channel, message.ts)] = message
        message.versions.append(read(message.text, message.blocks))
        return message
