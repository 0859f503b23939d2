"""The frames that an AI bot sends over its long connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.wecom import answering
from tests.fakes.wecom.cards import check, shown
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.limits import FEEDBACK, STREAM, size, words
from tests.fakes.wecom.records import JSON, Asked
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.wecom.troubles import Quota

SINGLE, GROUP = 1, 2


@dataclass(frozen=True)
class Frame:
    """One frame; `asked` is what its req_id stands for on this connection."""

    corp: Corp
    command: str
    name: str
    body: JSON
    asked: Asked | None


class Frames:
    """What each command does."""

    def run(self, frame: Frame, quota: Quota) -> None:
        """Do what a frame asks; RefusedError where that is not right, or the conversation's quota is used up."""
        run = _RUN.get(frame.command)
        if run is None:
            refuse_parameter("cmd")
        chat = frame.asked.chat if frame.asked else self.place(frame.corp, frame.command, frame.body)
        if chat and not quota.take(chat):
            refuse(45009, "api freq out of limit")
        run(frame)

    def place(self, corp: Corp, command: str, body: JSON) -> str:
        """Return the chat to which a message of the bot's own accord goes; empty for all else."""
        if command != "aibot_send_msg":
            return ""
        chat = str(body.get("chatid", ""))
        person = corp.person(chat)
        return f"bot/{person.id}" if person else chat


FRAMES = Frames()


def _told(frame: Frame) -> Asked:
    if frame.asked is None:
        refuse(answering.FOREIGN, "invalid req_id")
    return frame.asked


def _send(frame: Frame) -> None:
    """Show a message of the bot's own accord, where people talked to it before."""
    corp, body = frame.corp, frame.body
    chat = FRAMES.place(corp, frame.command, body)
    known = {each.chat for each in corp.asked.values() if each.kind == "message"}
    meant = body.get("chat_type") or (SINGLE if chat.startswith("bot/") else GROUP)
    if chat not in known or meant != (SINGLE if chat.startswith("bot/") else GROUP):
        refuse(86001, "invalid chatid")
    kind = body.get("msgtype")
    if kind == "markdown":
        part = body.get("markdown")
        part = part if isinstance(part, dict) else {}
        text, card = words(part, most=STREAM, what="markdown"), None
        feedback = str(part.get("feedback", {}).get("id", ""))
        if size(feedback) > FEEDBACK:
            refuse_parameter("markdown.feedback.id exceed max length 256.")
    elif kind == "template_card":
        card, feedback = check(corp, body.get("template_card"), "bot"), ""
        corp.tasks.add(str(card.get("task_id", "")))
        text = shown(card)
    else:
        refuse(40008, "invalid message type")
    corp.put(chat, kind, text, via="aibot_send_msg", card=card, feedback=feedback, asked=body)


_RUN: dict[str, Callable[[Frame], None]] = {
    "aibot_respond_msg": lambda frame: answering.answer(frame.corp, _told(frame), frame.body),
    "aibot_respond_welcome_msg": lambda frame: answering.welcome(frame.corp, _told(frame), frame.body),
    "aibot_respond_update_msg": lambda frame: answering.update(frame.corp, _told(frame), frame.body),
    "aibot_send_msg": _send,
}
