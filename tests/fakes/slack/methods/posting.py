"""chat.postMessage, chat.postEphemeral and chat.getPermalink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import changing, describing
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.content import content, place, thread
from tests.fakes.slack.records import Message
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON


def post(call: Call) -> JSON:
    """Post a message."""
    slack = call.slack
    channel = place(call, reply=bool(call.get("thread_ts")))
    thread_ts = thread(call, channel)
    shown = content(call)
    broadcast = bool(thread_ts) and call.flag("reply_broadcast")
    message = Message(channel.id, slack.ts(), slack.bot_user, shown.text or "", shown.blocks or [], thread_ts)
    message.ours, message.broadcast, message.metadata = True, broadcast, shown.metadata or None
    message.asked = call.values
    changing.say(slack, message)
    return {"channel": channel.id, "ts": message.ts, "message": describing.message(slack, message, metadata=True)}


def whisper(call: Call) -> JSON:
    """Post a message that one person sees; event metadata are not kept with it."""
    slack = call.slack
    channel = place(call, reply=bool(call.get("thread_ts")))
    user = call.required("user")
    if user not in channel.members:
        refuse("user_not_in_channel")
    thread_ts = thread(call, channel)
    if thread_ts and len(list(slack.thread(channel.id, thread_ts))) == 1:
        slack.remarks.append(f"{call.method}: the thread is not active, so that nobody sees this")
    shown = content(call)
    message = Message(channel.id, slack.ts(), slack.bot_user, shown.text or "", shown.blocks or [], thread_ts)
    message.ours, message.only_for, message.asked = True, user, call.values
    changing.say(slack, message)
    return {"message_ts": message.ts}


def permalink(call: Call) -> JSON:
    """Return the address of a message."""
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    message = slack.message(channel.id, call.required("message_ts", "message_not_found"))
    address = f"{slack.address}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.reply:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


METHODS = {
    "chat.postMessage": Method(post, ("chat:write",)),
    "chat.postEphemeral": Method(whisper, ("chat:write",)),
    "chat.getPermalink": Method(permalink, takes_json=False),
}
