"""The helpdesk that is a channel: packets are posted there, and found again by their metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.layout import packets
from adapters.slack.replying.posting import shown_somehow

if TYPE_CHECKING:
    from adapters.slack.layout.blocks import Reply
    from bot.conversation.escalation import Packet
    from bot.types import Platform

SKEW_S = 600.0
"""So far our clock may be from Slack's when we look for a packet."""


@dataclass(frozen=True, slots=True)
class ChannelDesk:
    """Posts packets into `channel`, from whichever messenger their questions are; raises what `SlackApi` raises."""

    api: SlackApi
    us: Identifying
    channel: str

    @property
    def platform(self) -> Platform:
        """The messenger in which it is."""
        return "slack"

    @property
    def name(self) -> str:
        """The id of the channel."""
        return self.channel

    def post(self, packet: Packet) -> str:
        """Post the packet, and return the reference of its message: channel and ts."""

        def send(shown: Reply) -> str:
            posted = self.api.call(
                "chat.postMessage",
                channel=self.channel,
                text=shown.text,
                blocks=list(shown.blocks),
                metadata=packets.metadata(packet.id),
                unfurl_links=False,
                unfurl_media=False,
            )
            return f"{self.channel}:{posted.get('ts') or ''}"

        return shown_somehow(send, packets.packet(packet))

    def found(self, packet_id: str, since: float) -> str:
        """Return the reference of a packet that was posted since a Unix time, or nothing."""
        wanted, ours = packets.metadata(packet_id), self.us.ours()
        oldest = f"{since - SKEW_S:.6f}"
        for page in self.api.pages(
            "conversations.history", channel=self.channel, oldest=oldest, include_all_metadata=True
        ):
            for message in page.get("messages") or ():
                if message.get("metadata") == wanted and message.get("bot_id") == ours.bot:
                    return f"{self.channel}:{message['ts']}"
        return ""
