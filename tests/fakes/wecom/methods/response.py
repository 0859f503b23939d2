"""`aibot/response`: one further message of the AI bot, at the address that came with a message or a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.cards import check, shown
from tests.fakes.wecom.limits import FEEDBACK, STREAM, size, words
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.records import JSON

USE = "response_url"
LIFE_S = 3600.0


def respond(call: Call) -> JSON:
    """Show Markdown, or in a direct chat a card; the address is used up by it (document 101138)."""
    corp, code = call.corp, call.query.get("response_code", "")
    asked = corp.asked.get(corp.codes.get(code, ("", "", 0.0))[1])
    kind = call.values.get("msgtype")
    card, feedback, text = None, "", ""
    if kind == "markdown":
        part = call.object("markdown")
        text = words(part, most=STREAM, what="markdown")
        feedback = str(part.get("feedback", {}).get("id", ""))
        if size(feedback) > FEEDBACK:
            refuse_parameter("markdown.feedback.id exceed max length 256.")
    elif kind == "template_card":
        if asked and not asked.chat.startswith("bot/"):
            refuse(40008, "invalid message type")
        card = check(corp, call.values.get("template_card"), "bot")
        text = shown(card)
    else:
        refuse(40008, "invalid message type")
    corp.spend(code, USE, LIFE_S)
    assert asked
    quotes = "" if asked.chat.startswith("bot/") else asked.id
    more: JSON = {"via": USE, "card": card, "feedback": feedback, "quotes": quotes, "asked": call.values}
    corp.put(asked.chat, kind, text, answers=asked.id, **more)
    if card:
        corp.tasks.add(str(card.get("task_id", "")))
    return {}
