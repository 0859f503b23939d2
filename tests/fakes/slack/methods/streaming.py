"""chat.startStream, chat.appendStream and chat.stopStream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import changing, describing
from tests.fakes.slack.blocks import check_message
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.chunks import add
from tests.fakes.slack.methods.content import metadata, place, thread
from tests.fakes.slack.records import Message, Stream
from tests.fakes.slack.refused import refuse, refuse_arguments

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.workspace import Workspace


def settle(slack: Workspace, message: Message) -> None:
    """End a stream whose time is over; what was shown stays."""
    stream = message.stream
    if stream and stream.state == "streaming" and slack.now() - stream.started > slack.stream_s:
        stream.state = "stopped"


def start(call: Call) -> JSON:
    """Begin a stream in a thread; in a channel it must say for whom."""
    slack = call.slack
    if not call.get("thread_ts"):
        refuse_arguments("missing required field: thread_ts")
    channel = place(call, reply=True)
    if channel.kind == "mpim":
        refuse("channel_type_not_supported")
    thread_ts = thread(call, channel)
    if channel.kind != "im":
        call.required("recipient_team_id", "missing_recipient_team_id")
        if call.required("recipient_user_id", "missing_recipient_user_id") not in slack.users:
            refuse("user_not_found")
    stream = Stream(slack.now(), "chunks" if call.values.get("chunks") is not None else "markdown_text")
    message = Message(channel.id, slack.ts(), slack.bot_user, thread_ts=thread_ts, ours=True, stream=stream)
    message.asked = call.values
    add(call, message)
    changing.say(slack, message)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> JSON:
    """Add to a stream."""
    message = _streaming(call)
    if call.values.get("markdown_text") is None and call.values.get("chunks") is None:
        refuse("markdown_text_or_chunks_required")
    add(call, message)
    message.versions.append(message.blocks[0]["text"] if message.blocks else "")
    return {"channel": message.channel, "ts": message.ts}


def stop(call: Call) -> JSON:
    """End a stream; blocks are shown below what was streamed."""
    slack, message = call.slack, _streaming(call)
    blocks = call.decoded("blocks", list, "invalid_blocks_format") or []
    check_message(blocks, slack.blocks_limit)
    given = metadata(call)
    before = changing.before(slack, message)
    add(call, message)
    assert message.stream
    message.stream.state = "stopped"
    message.blocks = message.blocks + blocks
    message.metadata = message.metadata if given is None else given or None
    changing.change(slack, message, before)
    now = describing.message(slack, message, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": now}


def _streaming(call: Call) -> Message:
    """Return the message of a stream that is still open."""
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    message = slack.message(channel.id, call.required("ts", "message_not_found"))
    if not message.ours:
        refuse("message_not_owned_by_app")
    settle(slack, message)
    if message.stream and message.stream.state == "stopped_by_user":
        refuse("stopped_by_user")
    if message.stream is None or message.stream.state != "streaming":
        refuse("message_not_in_streaming_state")
    return message


METHODS = {
    "chat.startStream": Method(start, ("chat:write",)),
    "chat.appendStream": Method(append, ("chat:write",)),
    "chat.stopStream": Method(stop, ("chat:write",)),
}
