"""`webhook/send`: a group robot speaks in its group, twenty times a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.cards import NOTICES, check, shown
from tests.fakes.wecom.limits import ROBOT_MARKDOWN, TEXT, words
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.records import JSON

MOST = {"text": TEXT, "markdown": ROBOT_MARKDOWN, "markdown_v2": ROBOT_MARKDOWN}
A_MINUTE, MINUTE_S = 20, 60.0


def send(call: Call) -> JSON:
    """Show a message in the robot's group."""
    corp = call.corp
    group = corp.robots.get(call.query.get("key", ""))
    if group is None:
        refuse(93000, "invalid webhook url")
    kind = call.values.get("msgtype")
    if kind == "template_card":
        card: JSON | None = check(corp, call.values.get("template_card"), "app")
        if card and card["card_type"] not in NOTICES:
            refuse_parameter("template_card.card_type")
        text = shown(card or {})
    elif kind in MOST:
        card, text = None, words(call.object(kind), most=MOST[kind], what=kind)
    else:
        refuse(40008, "invalid message type")
    spoken = [each for each in corp.bubbles if each.via == "webhook" and each.chat == group]
    if sum(each.at > corp.now() - MINUTE_S for each in spoken) >= A_MINUTE:
        refuse(45009, "api freq out of limit")
    shown_as = "markdown" if kind == "markdown_v2" else kind
    corp.put(group, shown_as, text, via="webhook", card=card, asked=call.values)  # type: ignore[arg-type]
    return {}
