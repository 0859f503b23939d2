"""Decides which messages are questions, edits or deletions of questions (design.md, section 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.hearing import commands
from adapters.slack.hearing.events import Asked, Commanded, Deleted, Edited, Ignored
from adapters.slack.hearing.posts import Post, SharedFile, question_id
from adapters.slack.markup.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.hearing.events import Event, Via
    from adapters.slack.hearing.posts import Ourselves, Room
    from adapters.slack.markup.reading import Reading

    Json = Mapping[str, Any]

SLACKBOT = "USLACKBOT"
WRITTEN = (None, "file_share", "thread_broadcast")
"""The subtypes of messages that people write."""

_ROOMS: Mapping[str, Room] = {"channel": "channel", "group": "group", "im": "im", "mpim": "mpim"}


def mentioned(envelope: Json, event: Json, us: Ourselves) -> Event:
    """Classify an `app_mention`; a mention inside code is none."""
    if reason := unwritten(event, us):
        return Ignored(reason)
    if us.user and f"<@{us.user}" in str(event.get("text")) and not read(event, us.user).mentioned:
        return Ignored("mention in code")
    return addressed(envelope, event, event, us, "mention")


def posted(envelope: Json, event: Json, us: Ourselves, *, engaged: bool) -> Event:
    """Classify a `message` of any subtype; `engaged` says whether we take part in its thread."""
    match event.get("subtype"):
        case "message_changed":
            return _changed(envelope, event, us, engaged=engaged)
        case "message_deleted":
            return _deleted(envelope, event, event.get("previous_message") or {}, str(event.get("deleted_ts")), us)
    if reason := unwritten(event, us):
        return Ignored(reason)
    via = _via(event, event, us, engaged=engaged)
    return addressed(envelope, event, event, us, via) if via else Ignored("not addressed")


def unwritten(message: Json, us: Ourselves) -> str:
    """Say why a message does not count as written by a person, or return nothing."""
    if message.get("user") in (us.user, SLACKBOT) or (us.bot and message.get("bot_id") == us.bot):
        return "own message"
    if message.get("bot_id") or message.get("bot_profile") or message.get("subtype") == "bot_message":
        return "bot"
    if message.get("subtype") not in WRITTEN:
        return "subtype"
    return "" if message.get("user") and message.get("ts") else "no author"


def addressed(envelope: Json, event: Json, message: Json, us: Ourselves, via: Via) -> Event:
    """Return the question that a message to us is, or the command; a wordless follow-up is nothing."""
    post = place(envelope, event, message)
    text = read(message, us.user).text
    event_id = str(envelope.get("event_id") or "")
    if command := commands.written(text):
        return Commanded(command, "", post, event_id)
    asked = Asked(question_id(post.team, post.channel, post.ts), post, via, text, files(message), event_id)
    return Ignored("empty") if via == "thread" and asked.is_empty else asked


def place(envelope: Json, event: Json, message: Json) -> Post:
    """Return where a message of an event stands; the channel is the event's, also for what was edited."""
    channel, ts = str(event.get("channel") or ""), str(message.get("ts") or "")
    return Post(
        team=str(envelope.get("team_id") or event.get("team") or ""),
        channel=channel,
        user=str(message.get("user") or ""),
        ts=ts,
        thread=str(message.get("thread_ts") or ts),
        room=_ROOMS.get(str(event.get("channel_type")), room(channel)),
        is_external=bool(envelope.get("is_ext_shared_channel")),
    )


def room(channel: str) -> Room:
    """Tell a direct message from a channel where Slack does not say: by its id."""
    return "im" if channel.startswith("D") else "channel"


def files(message: Json) -> tuple[SharedFile, ...]:
    """Return the files beside a message, also what is hidden or gone, so that the reply can name it."""
    return tuple(
        SharedFile(
            id=str(each.get("id") or ""),
            name=str(each.get("name") or each.get("title") or each.get("id") or ""),
            mimetype=str(each.get("mimetype") or ""),
            filetype=str(each.get("filetype") or ""),
            mode=str(each.get("mode") or ""),
            size=int(each.get("size") or 0),
            url=str(each.get("url_private_download") or each.get("url_private") or ""),
            is_stub=each.get("file_access") == "check_file_info",
        )
        for each in message.get("files") or ()
    )


def _via(event: Json, message: Json, us: Ourselves, *, engaged: bool) -> Via | None:
    if _ROOMS.get(str(event.get("channel_type")), room(str(event.get("channel")))) == "im":
        return "direct"
    if read(message, us.user).mentioned:
        return "mention"
    return "thread" if engaged and message.get("thread_ts") not in (None, message.get("ts")) else None


def _changed(envelope: Json, event: Json, us: Ourselves, *, engaged: bool) -> Event:
    """Classify an edit: only a new text of the author's own hand counts, not a preview that Slack added."""
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":  # a deleted message that has replies, ours among them
        return _deleted(envelope, event, before, str(message.get("ts")), us)
    if reason := unwritten(message, us):
        return Ignored(reason)
    edited = message.get("edited") or {}
    now, then = _written(message, us), _written(before, us)
    newly_mentioned = now.mentioned and not then.mentioned
    if edited.get("user") != message.get("user") or (now.text == then.text and not newly_mentioned):
        return Ignored("no new text")
    via = _via(event, message, us, engaged=engaged) or ("mention" if then.mentioned else None)
    if via is None:
        return Ignored("not addressed")
    asked = addressed(envelope, event, message, us, via)
    return Edited(asked) if isinstance(asked, Asked) else asked


def _written(message: Json, us: Ourselves) -> Reading:
    return read({"text": message.get("text"), "blocks": message.get("blocks")}, us.user)


def _deleted(envelope: Json, event: Json, before: Json, ts: str, us: Ourselves) -> Event:
    if before.get("bot_id") or before.get("user") == us.user:
        return Ignored("own message")
    post = place(envelope, event, {**before, "ts": ts})
    return Deleted(question_id(post.team, post.channel, ts), post, str(envelope.get("event_id") or ""))
