"""Where things stand in Slack and who did them: posts, the files beside them, ourselves, and the ids of questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Room = Literal["channel", "group", "im", "mpim"]
"""A public or private channel, a direct message, a direct message of several people."""


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who we are in the workspace, from `auth.test`."""

    user: str
    bot: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Where a message stands and who wrote it, or who pressed a button there.

    `thread` is the root that replies go to, the message itself outside threads. `ts` and `thread` are empty where
    there is no message, as with a slash command. `is_external`: people of other companies read along (Slack Connect).
    """

    team: str
    channel: str
    user: str
    ts: str = ""
    thread: str = ""
    room: Room = "channel"
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file beside a message. `is_stub`: its details must be asked for first (`files.info`); size in bytes."""

    id: str
    name: str = field(repr=False)
    mimetype: str
    filetype: str
    mode: str
    size: int
    url: str = field(repr=False)
    is_stub: bool = False


def question_id(team: str, channel: str, ts: str) -> str:
    """Return the id of the question that a message is."""
    return f"slack-{team}-{channel}-{ts}"


def command_id(team: str, trigger_id: str) -> str:
    """Return the id of the question that a slash command is."""
    return f"slack-{team}-{trigger_id}"
