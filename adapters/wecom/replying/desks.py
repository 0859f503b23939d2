"""The helpdesks that are in WeCom: a member of the corp, to whom the app writes, or a group where its robot speaks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.wecom.calling.robot import Robot
from adapters.wecom.layout import bodies, packets
from adapters.wecom.layout.pages import APP_MARKDOWN, ROBOT_MARKDOWN
from adapters.wecom.replying.app import AppReplies
from bot.errors import MessengerBusyError, MessengerRefusedError
from bot.phrases import say
from bot.ports import Store

if TYPE_CHECKING:
    from bot.conversation.escalation import Packet
    from bot.types import Platform

KEPT_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class MemberDesk:
    """A helpdesk that is a member of the corp, whom the app writes to; what is sent again is shown once."""

    replies: AppReplies
    user: str

    @property
    def platform(self) -> Platform:
        """The messenger in which it is."""
        return "wecom"

    @property
    def name(self) -> str:
        """The member's id."""
        return self.user

    def post(self, packet: Packet) -> str:
        """Send the packet."""
        self.replies.tell(self.user, f"packet-{packet.id}", packets.packet(packet, APP_MARKDOWN))
        return f"{self.user}:{packet.id}"

    def found(self, packet_id: str, since: float) -> str:  # noqa: ARG002 - what a helpdesk is asked
        """Return nothing: posting again is harmless, and finishes what was begun."""
        return ""


@dataclass(frozen=True, slots=True)
class Said:
    """How much a robot said of a packet: its messages, how many, and whether it may have said the next one, too."""

    texts: Sequence[str] = field(default=(), repr=False)
    number: int = 0
    is_tried: bool = False


@dataclass(frozen=True, slots=True)
class RobotDesk:
    """A helpdesk that is a group, in which its robot speaks; `wecom-robot:<packet>` says how much of a packet it said.

    A robot cannot look what stands in its group, and WeCom checks for no duplicates: a message whose first try nobody
    confirmed is said again with a line above that it may be one, since a question must not be lost.
    """

    robot: Robot
    store: Store

    @property
    def platform(self) -> Platform:
        """The messenger in which it is."""
        return "wecom"

    @property
    def name(self) -> str:
        """What the operator knows it by, since its address is a secret."""
        return "group robot"

    def post(self, packet: Packet) -> str:
        """Say what is not said yet of the packet; what was laid out first stays what is said."""
        key = f"wecom-robot:{packet.id}"
        kept = self.store.get(key)
        state = Said(**json.loads(kept)) if kept else Said(tuple(packets.packet(packet, ROBOT_MARKDOWN)))
        for number in range(state.number, len(state.texts)):
            doubt = f"{say('escalation_again', packet.language)}\n\n" if state.is_tried else ""
            self._note(key, replace(state, is_tried=True))
            try:
                self.robot.say(bodies.message(f"{doubt}{state.texts[number]}", ROBOT_MARKDOWN))
            except (MessengerBusyError, MessengerRefusedError):
                self._note(key, state)
                raise
            state = Said(state.texts, number + 1)
        self._note(key, Said())
        return f"robot:{packet.id}"

    def found(self, packet_id: str, since: float) -> str:  # noqa: ARG002 - what a helpdesk is asked
        """Return nothing: posting again finishes what was begun."""
        return ""

    def _note(self, key: str, state: Said) -> None:
        self.store.put(key, json.dumps(asdict(state), ensure_ascii=False).encode(), KEPT_S)
