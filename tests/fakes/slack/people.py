"""What people do with their keyboards: write, share, edit and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.slack import changing
from tests.fakes.slack.composing import composed
from tests.fakes.slack.records import File, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.workspace import Workspace


class Writing:
    """People who write; `text` is what they type, `<@U…>` and `<#C…>` in it are mentions."""

    workspace: Workspace

    def mention(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        blocks: list[JSON] | None = None,
        files: Sequence[File] = (),
    ) -> str:
        """Write to the bot in a conversation, and return the ts; the mention is put in front unless it is there."""
        bot = f"<@{self.workspace.bot_user}>"
        return self.message(channel, user, text if bot in text else f"{bot} {text}", thread_ts, blocks, files)

    def direct(
        self,
        user: str,
        text: str,
        thread_ts: str | None = None,
        blocks: list[JSON] | None = None,
        files: Sequence[File] = (),
    ) -> str:
        """Write to the bot directly, and return the ts; `direct_channel` names the conversation."""
        return self.message(self.direct_channel(user), user, text, thread_ts, blocks, files)

    def direct_channel(self, user: str) -> str:
        """Return the id of the direct messages with a person."""
        with self.workspace.lock:
            return self.workspace.direct(user).id

    def message(  # noqa: PLR0913 - as Slack's composer has it
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        blocks: list[JSON] | None = None,
        files: Sequence[File] = (),
        *,
        broadcast: bool = False,
    ) -> str:
        """Write in a conversation, and return the ts; `blocks` replace the rich text that Slack's client makes."""
        slack = self.workspace
        typed, made = composed(text)
        with slack.lock:
            slack.channels[channel].members.add(user)
            message = Message(channel, slack.ts(), user, typed, made if blocks is None else blocks, thread_ts or "")
            message.files, message.client_msg_id, message.broadcast = list(files), str(uuid4()), broadcast
            message.subtype = "file_share" if files else ""
            for file in files:
                file.user = file.user or user
            return changing.say(slack, message).ts

    def other_bot(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Let another app's bot write, and return the ts."""
        slack = self.workspace
        with slack.lock:
            message = Message(channel, slack.ts(), "U0OTHERBOT", text, thread_ts=thread_ts or "")
            message.subtype, message.bot_id = "bot_message", "B0OTHERBOT"
            return changing.say(slack, message).ts

    def edit(self, channel: str, ts: str, text: str, blocks: list[JSON] | None = None) -> None:
        """Write a message anew, as its author."""
        slack = self.workspace
        with slack.lock:
            message = slack.message(channel, ts)
            before = changing.before(slack, message)
            message.text, made = composed(text)
            message.blocks = made if blocks is None else blocks
            message.edited, message.edited_by = slack.ts(), message.user
            changing.change(slack, message, before)

    def unfurl(self, channel: str, ts: str) -> None:
        """Let Slack show a preview of a link: `message_changed` without an edit."""
        slack = self.workspace
        with slack.lock:
            message = slack.message(channel, ts)
            changing.change(slack, message, changing.before(slack, message))

    def delete(self, channel: str, ts: str) -> None:
        """Take a message back."""
        with self.workspace.lock:
            changing.remove(self.workspace, self.workspace.message(channel, ts))

    def stop_stream(self, channel: str, ts: str) -> None:
        """Press Stop under a message that is being streamed."""
        with self.workspace.lock:
            stream = self.workspace.message(channel, ts).stream
            assert stream
            stream.state = "stopped_by_user"

    def file(self, name: str, content: bytes, **fields: object) -> File:
        """Make a file to share; `fields` are those of `File`, which say how its download misbehaves."""
        found = File(f"F{uuid4().hex[:10].upper()}", name, content, **fields)  # type: ignore[arg-type]
        self.workspace.files[found.id] = found
        return found
