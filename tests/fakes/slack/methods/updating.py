"""chat.update and chat.delete: only of the bot's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import changing, describing
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.content import content
from tests.fakes.slack.methods.streaming import settle
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON, Message
    from tests.fakes.slack.workspace import Workspace

MOST_TEXT = 4000


def update(call: Call) -> JSON:
    """Edit a message: a text without blocks removes the blocks, and metadata stay unless they are given."""
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    message = slack.message(channel.id, call.required("ts", "message_not_found"))
    _check(slack, message)
    if channel.archived:
        refuse("is_inactive")
    if len(call.get("text") or "") > MOST_TEXT:
        refuse("msg_too_long")
    if call.flag("reply_broadcast"):
        refuse("no_dual_broadcast_content_update")
    shown = content(call)
    before = changing.before(slack, message)
    if shown.text is not None:
        message.text, message.blocks = shown.text, shown.blocks or []
    elif shown.blocks is not None:
        message.blocks = shown.blocks
    message.metadata = message.metadata if shown.metadata is None else shown.metadata or None
    message.edited, message.edited_by = slack.ts(), slack.bot_user
    changing.change(slack, message, before)
    now = describing.message(slack, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": now}


def _check(slack: Workspace, message: Message) -> None:
    """Refuse to edit what is not ours, is streaming, or is too old."""
    if not message.ours:
        refuse("cant_update_message")
    settle(slack, message)
    if message.stream and message.stream.state == "streaming":
        refuse("streaming_state_conflict")
    if slack.edit_window_s is not None and slack.now() - float(message.ts) > slack.edit_window_s:
        refuse("edit_window_closed")


def delete(call: Call) -> JSON:
    """Remove a message."""
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    message = slack.message(channel.id, call.required("ts", "message_not_found"))
    if not message.ours or message.subtype == "tombstone":
        refuse("cant_delete_message")
    changing.remove(slack, message)
    return {"channel": channel.id, "ts": message.ts}


METHODS = {"chat.update": Method(update, ("chat:write",)), "chat.delete": Method(delete, ("chat:write",))}
