"""The events that follow from what is said: the inner part of a delivery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.slack import describing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.slack.records import JSON, Message
    from tests.fakes.slack.workspace import Workspace


def said(slack: Workspace, message: Message) -> Iterator[JSON]:
    """Yield what follows from a new message: the message, and the mention of the bot where it holds one."""
    body = describing.message(slack, message, metadata=True)
    for name in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "team"):
        body.pop(name, None)
    place = {"channel": message.channel, "event_ts": message.ts, "team": slack.team}
    kind = slack.channels[message.channel].kind
    if message.broadcast:
        root = slack.messages[message.channel, message.root]
        body |= {"subtype": "thread_broadcast", "root": describing.message(slack, root)}
    yield body | place | {"channel_type": kind}
    mentioned = re.search(rf"<@{slack.bot_user}(\|[^>]*)?>", message.text)
    if mentioned and kind != "im" and not message.ours and not message.bot_id:
        yield {key: value for key, value in body.items() if key != "subtype"} | place | {"type": "app_mention"}


def changed(slack: Workspace, message: Message, before: JSON) -> JSON:
    """Word the change of a message, with how it was before."""
    now = describing.message(slack, message, metadata=True)
    return _hidden(slack, message, "message_changed") | {"message": now, "previous_message": before}


def deleted(slack: Workspace, message: Message, before: JSON) -> JSON:
    """Word the removal of a message."""
    gone = {"deleted_ts": message.ts, "previous_message": before}
    return _hidden(slack, message, "message_deleted") | gone


def _hidden(slack: Workspace, message: Message, subtype: str) -> JSON:
    ts = slack.ts()
    kind = slack.channels[message.channel].kind
    place = {"channel": message.channel, "channel_type": kind, "ts": ts, "event_ts": ts}
    return {"type": "message", "subtype": subtype, "hidden": True} | place
