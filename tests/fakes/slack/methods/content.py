"""What may stand in a message: text, blocks, Markdown and metadata; and where it may stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack.blocks import check_message
from tests.fakes.slack.markdown import plain
from tests.fakes.slack.records import JSON
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.call import Call
    from tests.fakes.slack.records import Channel

MOST_TEXT = 40_000
"""Longer texts are cut (docs.slack.dev/changelog, "truncating really long messages")."""
MOST_MARKDOWN = 12_000
MOST_METADATA = 16_000
MOST_ATTACHMENTS = 100
TS = re.compile(r"\d{10}\.\d{6}")
BARE = re.compile(r"&(?!(?:amp|lt|gt);)|<(?![@#!][^<>\n]+>|(?:https?|mailto|tel):[^<>\n]*>)")


@dataclass(frozen=True)
class Content:
    """What a call wants to show; None is what it left out."""

    text: str | None
    blocks: list[JSON] | None
    metadata: JSON | None


def content(call: Call) -> Content:
    """Check what a call wants to show."""
    text, markdown = call.get("text"), call.get("markdown_text")
    blocks = call.decoded("blocks", list, "invalid_blocks_format")
    if markdown:
        if text or blocks:
            refuse("markdown_text_conflict")
        if len(markdown) > MOST_MARKDOWN:
            refuse("msg_too_long")
        text, blocks = plain(markdown), [{"type": "markdown", "text": markdown}]
    attachments = call.decoded("attachments", list, "invalid_attachments")
    if attachments and len(attachments) > MOST_ATTACHMENTS:
        refuse("too_many_attachments")
    if not text and not blocks and not attachments:
        refuse("no_text")
    check_message(blocks or [], call.slack.blocks_limit)
    _remark(call, text, blocks)
    return Content(None if text is None else escaped(text), blocks, metadata(call))


def _remark(call: Call, text: str | None, blocks: list[JSON] | None) -> None:
    """Note what Slack lets pass and what is a mistake all the same."""
    if blocks and not text and not call.get("markdown_text"):
        call.slack.remarks.append(f"{call.method}: blocks without a text for notifications")
    for name in ("link_names", "parse", "reply_broadcast"):
        if call.get(name) not in {None, "", "0", "none", "False", "false"}:
            call.slack.remarks.append(f"{call.method}: {name}={call.get(name)}")


def escaped(text: str) -> str:
    """Return a text as Slack keeps it: a bare `&` or `<` that begins no link and no mention becomes an entity."""
    return BARE.sub(lambda match: {"&": "&amp;", "<": "&lt;"}[match[0]], text)[:MOST_TEXT]


def metadata(call: Call) -> JSON | None:
    """Check the metadata; None where they were left out, an empty object to clear them."""
    value: JSON | None = call.decoded("metadata", dict, "invalid_metadata_format")
    if not value:
        return value
    kind, payload = value.get("event_type"), value.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        refuse("invalid_metadata_schema")
    if len(json.dumps(value)) > MOST_METADATA:
        refuse("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}


def place(call: Call, *, reply: bool) -> Channel:
    """Return the conversation to post in, if the bot may post there."""
    slack = call.slack
    channel = slack.channel(call.required("channel", "channel_not_found"))
    if channel.archived:
        refuse("is_archived")
    public = channel.kind == "channel" and "chat:write.public" in slack.scopes
    if slack.bot_user not in channel.members and not public:
        refuse("not_in_channel")
    if channel.kind == "im" and any(slack.users[each].deleted for each in channel.members - {slack.bot_user}):
        refuse("channel_not_found")
    if channel.read_only:
        refuse("restricted_action_read_only_channel")
    if reply and channel.threadless:
        refuse("restricted_action_non_threadable_channel")
    return channel


def thread(call: Call, channel: Channel) -> str:
    """Return the thread that a call wants to reply in, empty where it wants none."""
    ts = call.get("thread_ts") or ""
    if not ts:
        return ""
    if not TS.fullmatch(ts):
        refuse("invalid_thread_ts")
    root = call.slack.messages.get((channel.id, ts))
    if root is None or root.deleted:
        if call.slack.orphans_surface:
            return ""
        refuse("thread_not_found")
    if root.reply:
        call.slack.remarks.append(f"{call.method}: thread_ts is the ts of a reply, not of the thread")
    if root.root in channel.locked:
        refuse("restricted_action_thread_locked")
    return root.root
