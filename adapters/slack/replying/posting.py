"""Our own messages: posted with what tells them from others, found again by it, edited and removed."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.layout import blocks
from adapters.slack.layout.blocks import Reply
from bot.errors import MessengerRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.slack.replying.places import Place

log = logging.getLogger(__name__)

Message = dict[str, Any]

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that cannot be edited (any more)."""

_CLOSED = frozenset(
    {
        "access_denied",
        "cannot_reply_to_message",
        "channel_not_found",
        "ekm_access_denied",
        "is_archived",
        "is_inactive",
        "no_permission",
        "not_in_channel",
        "team_access_not_granted",
        "thread_not_found",
    }
)
_MALFORMED = ("invalid_blocks", "msg_too_long", "msg_blocks_too_", "block_mismatch")


@dataclass(frozen=True, slots=True)
class Posting:
    """Says things as us. All methods raise what `SlackApi` raises."""

    api: SlackApi
    us: Identifying

    def post(self, place: Place, reply: Reply, part: int = 1, answer: str = "") -> str:
        """Post one message of a reply in the place's thread, and return its ts; `answer` is the id of what it shows."""
        named = blocks.metadata(place.question)
        named["event_payload"] |= ({"part": part} if part != 1 else {}) | ({"answer": answer} if answer else {})

        def send(shown: Reply) -> str:
            posted = self.api.call(
                "chat.postMessage",
                channel=place.channel,
                thread_ts=place.thread or None,
                text=shown.text,
                blocks=list(shown.blocks),
                metadata=named,
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(posted.get("ts") or "")

        return shown_somehow(send, reply)

    def update(self, channel: str, ts: str, reply: Reply) -> str:
        """Show something else in one of our messages, and return its ts; its metadata stay."""

        def send(shown: Reply) -> str:
            self.api.call("chat.update", channel=channel, ts=ts, text=shown.text, blocks=list(shown.blocks))
            return ts

        return shown_somehow(send, reply)

    def remove(self, channel: str, ts: str) -> None:
        """Delete a message; one that is gone or cannot be deleted is let be."""
        try:
            self.api.call("chat.delete", channel=channel, ts=ts)
        except MessengerRefusedError as exc:
            log.info("message %s in %s is not deleted: %s", ts, channel, exc.code)

    def found(self, place: Place) -> Mapping[int, list[Message]]:
        """Look for our messages that answer the place's question: part to messages, the latest last."""
        where: dict[str, object] = {"oldest": place.since or None, "include_all_metadata": True}
        method = "conversations.history"
        if place.thread:
            method, where = "conversations.replies", {**where, "ts": place.thread}
        ours = self.us.ours()
        parts: defaultdict[int, dict[str, Message]] = defaultdict(dict)
        for page in self.api.pages(method, channel=place.channel, **where):
            for message in page.get("messages") or ():
                if ours.user == message.get("user") or (ours.bot and ours.bot == message.get("bot_id")):
                    payload = _payload(message)
                    if payload.get("question") == place.question:
                        parts[_number(payload.get("part"))][str(message.get("ts"))] = message
        return {part: [kept for _, kept in sorted(each.items())] for part, each in parts.items()}

    def direct(self, user: str) -> str:
        """Return the channel of our direct messages with somebody."""
        opened = self.api.call("conversations.open", users=user)
        return str((opened.get("channel") or {}).get("id") or "")


def is_closed(code: str) -> bool:
    """Tell whether Slack refused because of the place: nobody, or not we, may write there."""
    return code in _CLOSED or code.startswith("restricted_action")


def shows(message: Message, answer: str) -> bool:
    """Tell whether a message was posted, not edited, to show an answer."""
    return _payload(message).get("answer") == answer


def shown_somehow(send: Callable[[Reply], str], reply: Reply) -> str:
    """Send a reply, as plain text with its buttons where Slack will not have it as it is laid out."""
    try:
        return send(reply)
    except MessengerRefusedError as exc:
        if not exc.code.startswith(_MALFORMED):
            raise
        log.warning("a reply is shown as plain text: Slack refused its layout as %s", exc.code)
    buttons = tuple(block for block in reply.blocks if block.get("type") in {"actions", "context_actions"})
    return send(Reply(reply.text, (*blocks.notice(reply.text).blocks, *buttons)))


def _payload(message: Message) -> Message:
    named = message.get("metadata") or {}
    payload = named.get("event_payload")
    is_reply = named.get("event_type") == blocks.metadata("")["event_type"]
    return payload if is_reply and isinstance(payload, dict) else {}


def _number(part: object) -> int:
    return part if isinstance(part, int) else 1
