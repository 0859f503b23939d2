"""What an AI bot may answer to what it was told, and what that shows; the same for callbacks and long connections."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from tests.fakes.wecom.cards import check, shown
from tests.fakes.wecom.limits import FEEDBACK, STREAM, size, words
from tests.fakes.wecom.methods.cards import replace
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import JSON, Asked, Bubble

STREAM_S = 360.0
"""A stream ends six minutes after the message (documents 101031 and 101463)."""
EVENT_S = 5.0
"""Within so long a welcome or another card must come (document 101031)."""
IMAGES, IMAGE = 10, 10 << 20
CONFLICT, FOREIGN, OVER = 6000, 846605, 846608


def answer(corp: Corp, asked: Asked, reply: JSON) -> None:
    """Show the answer to a message: a stream, a card, or both; RefusedError where it is none of these."""
    kind = reply.get("msgtype")
    if asked.kind != "message":
        refuse(FOREIGN, "invalid req_id")
    if kind not in {"stream", "template_card", "stream_with_template_card"}:
        refuse(40008, f"invalid message type {kind!r} for a message")
    with corp.lock:
        if kind != "template_card":
            _stream(corp, asked, reply.get("stream"), reply)
        if "template_card" in reply:
            _card(corp, asked, reply["template_card"])


def refresh(corp: Corp, asked: Asked, reply: JSON) -> None:
    """Show what a poll of a stream brought."""
    if reply.get("msgtype") not in {"stream", "stream_with_template_card"}:
        refuse(40008, "a stream is answered with a stream")
    answer(corp, asked, reply)


def welcome(corp: Corp, asked: Asked, reply: JSON) -> None:
    """Show the greeting of whoever entered: a text or a card."""
    if asked.kind != "enter_chat" or asked.reply:
        refuse(FOREIGN, "invalid req_id")
    if corp.now() > asked.at + EVENT_S:
        refuse(OVER, "the welcome is late")
    if reply.get("msgtype") == "text":
        part = reply.get("text")
        text = words(part if isinstance(part, dict) else {}, most=STREAM, what="text")
        asked.reply = corp.put(asked.chat, "text", text, via="welcome", answers=asked.id, asked=reply)
    elif reply.get("msgtype") == "template_card":
        _card(corp, asked, reply.get("template_card"))
    else:
        refuse(40008, "invalid message type for a welcome")


def update(corp: Corp, asked: Asked, reply: JSON) -> None:
    """Replace the card that was clicked."""
    if asked.kind != "template_card_event" or asked.clicked is None:
        refuse(FOREIGN, "invalid req_id")
    if corp.now() > asked.at + EVENT_S:
        refuse(OVER, "the update is late")
    if reply.get("response_type") != "update_template_card":
        refuse(40008, "a click is answered with update_template_card")
    users = reply.get("userids", [])
    if not isinstance(users, list):
        refuse_parameter("userids should be an array.")
    check(corp, reply.get("template_card"), "bot", task=(asked.clicked.card or {}).get("task_id"))
    replace(corp, asked.clicked, reply)


def _stream(corp: Corp, asked: Asked, stream: Any, reply: JSON) -> None:  # noqa: ANN401 - JSON
    name, content, finish = _parts(stream)
    if size(content) > STREAM:
        corp.remark(f"a stream's content of {size(content)} bytes is over {STREAM}")
        refuse(45002, "content size out of limit")
    bubble = asked.reply
    if bubble and bubble.stream != name:
        corp.remark("one message was answered with two streams")
        refuse(CONFLICT, "data version conflict")
    if asked.done or (bubble and bubble.finished) or corp.now() > asked.at + STREAM_S:
        refuse(OVER, "stream message update expired")
    _images(stream, finish=finish)
    bubble = bubble or _begun(corp, asked, name, stream)
    if (feedback := _feedback(stream)) and feedback != bubble.feedback:
        corp.remark("a feedback id counts only in the first reply")
    bubble.asked = reply
    if content != bubble.text:
        bubble.show(content)
    bubble.finished = finish
    if finish:
        asked.done = True
        if not content.strip() and "template_card" not in reply:
            corp.remark("a stream was finished with nothing to see")


def _parts(stream: Any) -> tuple[str, str, bool]:  # noqa: ANN401 - JSON
    """Return the id, the content and the end of a stream, each of its own type."""
    if not isinstance(stream, dict):
        refuse_parameter("stream missing or not an object.")
    name, content, finish = stream.get("id"), stream.get("content", ""), stream.get("finish", False)
    if not isinstance(name, str) or not name:
        refuse_parameter("stream.id missing.")
    if not isinstance(content, str) or not isinstance(finish, bool):
        refuse_parameter("stream.content should be a string and stream.finish a boolean.")
    return name, content, finish


def _begun(corp: Corp, asked: Asked, name: str, stream: JSON) -> Bubble:
    """Return the new bubble of a stream."""
    if any(each.stream == name for each in corp.bubbles):
        corp.remark("two messages were answered with one stream id")
        refuse(CONFLICT, "data version conflict")
    more: JSON = {"via": "stream", "stream": name, "finished": False, "answers": asked.id}
    asked.reply = corp.put(asked.chat, "stream", "", feedback=_feedback(stream), **more)
    return asked.reply


def _feedback(stream: JSON) -> str:
    part = stream.get("feedback", {})
    found = part.get("id", "") if isinstance(part, dict) else None
    if not isinstance(found, str) or size(found) > FEEDBACK:
        refuse_parameter("stream.feedback.id")
    return found


def _images(stream: JSON, *, finish: bool) -> None:
    """Check the pictures of a stream: only at its end, each with the MD5 of its bytes."""
    items = stream.get("msg_item", [])
    if not isinstance(items, list) or len(items) > IMAGES or (items and not finish):
        refuse_parameter("stream.msg_item takes 10 pictures, with finish only.")
    for each in items:
        image = each.get("image", {}) if isinstance(each, dict) else {}
        try:
            content = base64.b64decode(str(image.get("base64", "")), validate=True)
        except binascii.Error:
            refuse_parameter("stream.msg_item.image.base64")
        right = hashlib.md5(content).hexdigest()  # noqa: S324 - the platform's choice
        if not 0 < len(content) <= IMAGE or image.get("md5") != right:
            refuse_parameter("stream.msg_item.image.md5")


def _card(corp: Corp, asked: Asked, card: Any) -> None:  # noqa: ANN401 - JSON
    """Show a card: as the answer, or under the stream that is the answer; one for each message."""
    if asked.reply and asked.reply.card is not None:
        if asked.reply.card == card:
            return
        refuse(CONFLICT, "a message takes one card")
    found = check(corp, card, "bot")
    corp.tasks.add(str(found.get("task_id", "")))
    if asked.reply is None:
        via = "welcome" if asked.kind == "enter_chat" else "passive"
        more: JSON = {"via": via, "answers": asked.id}
        asked.reply = corp.put(asked.chat, "template_card", shown(found), card=found, **more)
        asked.done = True
    else:
        asked.reply.card = found
