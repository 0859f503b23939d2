"""What a workspace keeps: people, groups, conversations, files and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]
PIECE = 1 << 16
"""So many bytes of a made-up file are sent at a time."""


@dataclass
class User:
    """A person or a bot; `team` is another workspace's id for somebody who came by Slack Connect."""

    id: str
    name: str
    real_name: str = ""
    locale: str = "en-US"
    team: str = ""
    bot: bool = False
    deleted: bool = False


@dataclass
class Group:
    """A user group; `<!subteam^ID>` addresses it."""

    id: str
    handle: str
    users: list[str] = field(default_factory=list)
    enabled: bool = True


@dataclass
class Channel:
    """A conversation; `external` is Slack Connect, `locked` holds the threads that an administrator closed."""

    id: str
    name: str
    kind: Kind = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    external: bool = False
    read_only: bool = False
    threadless: bool = False
    locked: set[str] = field(default_factory=set)


@dataclass
class File:
    """A file that a person shared; `length` bytes are made up from `content` where that is shorter."""

    id: str
    name: str
    content: bytes
    mimetype: str = "text/plain"
    filetype: str = "text"
    user: str = ""
    mode: str = "hosted"
    length: int | None = None
    claimed: int | None = None
    """The size that the file's description gives; the true one unless set."""
    gone: bool = False
    stub: bool = False
    """Described as `check_file_info` until `files.info` is asked, as in Slack Connect."""
    login_page: bool = False
    redirect: str = ""
    """Downloads are sent on to this address."""

    @property
    def size(self) -> int:
        """Bytes that a download sends."""
        return len(self.content) if self.length is None else self.length

    def pieces(self) -> Iterator[bytes]:
        """Yield what a download sends."""
        if self.length is None:
            yield self.content
            return
        block = (self.content or b"\0") * (PIECE // len(self.content or b"\0") + 1)
        for start in range(0, self.length, len(block)):
            yield block[: self.length - start]


@dataclass
class Stream:
    """A message that is being streamed; times are the workspace's, in seconds."""

    started: float
    mode: Literal["markdown_text", "chunks"]
    state: Literal["streaming", "stopped", "stopped_by_user"] = "streaming"
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    tasks: dict[str, JSON] = field(default_factory=dict)


@dataclass
class Message:
    """One message with everything that it ever showed; `only_for` names the one person who sees an ephemeral one."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    ours: bool = False
    bot_id: str = ""
    metadata: JSON | None = None
    edited: str = ""
    edited_by: str = ""
    deleted: bool = False
    only_for: str = ""
    broadcast: bool = False
    client_msg_id: str = ""
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    stream: Stream | None = None
    versions: list[str] = field(default_factory=list)
    """What a person read, version by version."""
    asked: JSON = field(default_factory=dict)
    """The arguments of the call that posted it."""

    @property
    def root(self) -> str:
        """The ts of the thread that it belongs to, its own where it began one."""
        return self.thread_ts or self.ts

    @property
    def reply(self) -> bool:
        """Whether it stands in a thread and did not begin it."""
        return self.thread_ts not in {"", self.ts}
