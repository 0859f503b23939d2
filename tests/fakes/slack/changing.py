"""The three ways in which a conversation changes, each with the events that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import describing, events
from tests.fakes.slack.reading import read

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON, Message
    from tests.fakes.slack.workspace import Workspace


def say(slack: Workspace, message: Message) -> Message:
    """Add a message; only its receiver hears of an ephemeral one."""
    with slack.lock:
        slack.keep(message)
        if message.ours:
            slack.statuses.pop((message.channel, message.root), None)
        if not message.only_for:
            for event in events.said(slack, message):
                slack.announce(event)
    return message


def change(slack: Workspace, message: Message, before: JSON) -> Message:
    """Tell that a message is another now than `before`; the caller changed it."""
    with slack.lock:
        message.versions.append(read(message.text, message.blocks))
        slack.announce(events.changed(slack, message, before))
    return message


def remove(slack: Workspace, message: Message) -> None:
    """Take a message away.

    One with replies leaves a tombstone, of which Slack tells as `message_changed` without `edited`; the tombstone goes,
    as `message_deleted`, with the last of its replies (openclaw #22035, matterbridge #600, slack-edge #10).
    """
    with slack.lock:
        before = describing.message(slack, message, metadata=True)
        if not message.reply and _replies(slack, message):
            message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
            message.files, message.metadata, message.user, message.edited = [], None, "USLACKBOT", ""
            change(slack, message, before)
            return
        message.deleted = True
        slack.announce(events.deleted(slack, message, before))
        root = slack.messages.get((message.channel, message.root))
        if root and root.subtype == "tombstone" and not root.deleted and not _replies(slack, root):
            remove(slack, root)


def _replies(slack: Workspace, message: Message) -> list[Message]:
    return [each for each in slack.thread(message.channel, message.ts) if each.reply and not each.only_for]


def before(slack: Workspace, message: Message) -> JSON:
    """Describe a message for `change`, before it is changed."""
    return describing.message(slack, message, metadata=True)
