"""`message/update_template_card`: an app changes a card that stands in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.cards import check, shown
from tests.fakes.wecom.limits import words
from tests.fakes.wecom.refused import refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import JSON, Bubble

CODE_S = 72 * 3600


def update(call: Call) -> JSON:
    """Replace a card, or grey its buttons out under another text."""
    call.agent()
    has_button = isinstance(call.values.get("button"), dict)
    if has_button == isinstance(call.values.get("template_card"), dict):
        refuse_parameter("either button or template_card.")
    if has_button:
        words(call.object("button"), "replace_name")
    code = str(call.values.get("response_code", ""))
    name = call.corp.codes.get(code, ("", "", 0.0))[1]
    found = [each for each in call.corp.bubbles if each.id == name and each.card]
    if found and not has_button:
        check(call.corp, call.values["template_card"], "app", task=_task(found[0]))
    call.corp.spend(code, "card", CODE_S)
    for each in found:
        replace(call.corp, each, call.values)
    return {"invaliduser": ""}


def _task(bubble: Bubble) -> str | None:
    return (bubble.card or {}).get("task_id")


def replace(corp: Corp, bubble: Bubble, change: JSON) -> None:
    """Show another card, or the same one with its buttons greyed out."""
    with corp.lock:
        if isinstance(change.get("template_card"), dict):
            bubble.card = change["template_card"]
        else:
            bubble.card = (bubble.card or {}) | {"replaced": str(change["button"]["replace_name"])}
        greyed = bubble.card.get("replaced") or bubble.card.get("replace_text")
        bubble.show(shown(bubble.card) + (f"\n({greyed})" if greyed else ""))
