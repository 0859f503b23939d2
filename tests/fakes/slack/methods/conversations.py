"""conversations.replies, .history, .info, .members and .open."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from tests.fakes.slack import describing
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.slack.records import JSON, Channel, Message

NAMES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
"""The first word of the scopes for each kind of conversation."""
MOMENT = re.compile(r"\d+(\.\d+)?")


def seen(call: Call, right: str) -> Channel:
    """Return a conversation, if the token may do `right` in conversations of its kind."""
    channel = call.slack.channel(call.required("channel", "channel_not_found"))
    call.need(f"{NAMES[channel.kind]}:{right}")
    return channel


def page(call: Call, found: Sequence[object], default: int) -> tuple[list[object], JSON]:
    """Return one page of what was found, and the words that lead to the next."""
    start = 0
    if cursor := call.get("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except (ValueError, binascii.Error):
            refuse("invalid_cursor")
    end = start + min(max(call.number("limit", default), 1), 1000)
    more = end < len(found)
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if more else ""
    return list(found[start:end]), {"has_more": more, "response_metadata": {"next_cursor": cursor}}


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    """Return the messages between `oldest` and `latest`."""
    moments = {}
    for name in ("oldest", "latest"):
        value = call.get(name) or ""
        if value not in {"", "now"} and not MOMENT.fullmatch(value):
            refuse(f"invalid_ts_{name}")
        moments[name] = float(value) if MOMENT.fullmatch(value) else None
    slip = 1e-7 if call.flag("inclusive") else -1e-7
    first, last = moments["oldest"], moments["latest"]
    return [
        each
        for each in messages
        if (first is None or float(each.ts) > first - slip) and (last is None or float(each.ts) < last + slip)
    ]


def replies(call: Call) -> JSON:
    """Return a thread, the message that began it first and on every page, as Slack does."""
    slack, channel = call.slack, seen(call, "history")
    if slack.bot_user not in channel.members:
        refuse("not_in_channel")
    asked = slack.messages.get((channel.id, call.required("ts", "thread_not_found")))
    if asked is None or asked.deleted or asked.only_for:
        refuse("thread_not_found")
    thread = [each for each in slack.thread(channel.id, asked.root) if not each.only_for]
    root = [each for each in thread if not each.reply]
    shown, more = page(call, _between(call, [each for each in thread if each.reply]), 1000)
    metadata = call.flag("include_all_metadata")
    return {"messages": [describing.message(slack, each, metadata=metadata) for each in [*root, *shown]]} | more  # type: ignore[arg-type]


def history(call: Call) -> JSON:
    """Return the messages of a conversation, latest first, without the replies in threads."""
    slack, channel = call.slack, seen(call, "history")
    if slack.bot_user not in channel.members:
        refuse("not_in_channel")
    top = [each for each in slack.said(channel.id) if (not each.reply or each.broadcast) and not each.only_for]
    shown, more = page(call, _between(call, top)[::-1], 100)
    metadata = call.flag("include_all_metadata")
    return {"messages": [describing.message(slack, each, metadata=metadata) for each in shown]} | more  # type: ignore[arg-type]


def info(call: Call) -> JSON:
    """Describe a conversation."""
    channel = seen(call, "read")
    count = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": describing.channel(call.slack, channel) | count}


def members(call: Call) -> JSON:
    """Return who is in a conversation."""
    shown, more = page(call, sorted(seen(call, "read").members), 100)
    return {"members": shown, "response_metadata": more["response_metadata"]}


def opened(call: Call) -> JSON:
    """Begin direct messages with a person."""
    user = call.required("users", "users_list_not_supplied")
    if user not in call.slack.users:
        refuse("user_not_found")
    return {"channel": {"id": call.slack.direct(user).id}}


METHODS = {
    "conversations.replies": Method(replies, takes_json=False),
    "conversations.history": Method(history, takes_json=False),
    "conversations.info": Method(info, takes_json=False),
    "conversations.members": Method(members, takes_json=False),
    "conversations.open": Method(opened, ("im:write", "mpim:write")),
}
