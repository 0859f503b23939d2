"""reactions.add and reactions.remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON, Message


def _message(call: Call) -> tuple[Message, str]:
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    name = call.required("name", "invalid_name")
    if ":" in name or " " in name:
        refuse("invalid_name")
    if slack.bot_user not in channel.members:
        refuse("not_in_channel")
    return slack.message(channel.id, call.required("timestamp", "no_item_specified")), name


def add(call: Call) -> JSON:
    """Put an emoji on a message."""
    message, name = _message(call)
    users = message.reactions.setdefault(name, [])
    if call.slack.bot_user in users:
        refuse("already_reacted")
    users.append(call.slack.bot_user)
    return {}


def remove(call: Call) -> JSON:
    """Take an emoji of the bot off a message."""
    message, name = _message(call)
    if call.slack.bot_user not in message.reactions.get(name, []):
        refuse("no_reaction")
    message.reactions[name].remove(call.slack.bot_user)
    if not message.reactions[name]:
        del message.reactions[name]
    return {}


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
}
