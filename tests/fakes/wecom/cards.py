"""Template cards: what must be in them, how much fits, and which of it only apps can do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from tests.fakes.wecom.limits import FEEDBACK, size
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import JSON

NOTICES = ("text_notice", "news_notice")
INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
KEY = 1024
MOST = {"horizontal_content_list": 6, "jump_list": 3, "button_list": 6, "select_list": 3}
SOFT = {
    ("main_title", "title"): 26,
    ("main_title", "desc"): 30,
    ("source", "desc"): 13,
    ("emphasis_content", "title"): 10,
    ("emphasis_content", "desc"): 15,
}
"""Characters that fit on a phone; more are cut there (document 101032)."""
SUB_TITLE, BUTTON = 112, 10
STYLES = (1, 2, 3, 4)
APP_ONLY = ("replace_text", "replace_name")


def check(corp: Corp, card: Any, of: Literal["app", "bot"], *, task: str | None = None) -> JSON:  # noqa: ANN401 - JSON
    """Return a card that is right; `task` is the task id that an update must keep."""
    if not isinstance(card, dict):
        refuse_parameter("template_card missing or not an object.")
    kind = card.get("card_type")
    if kind not in NOTICES + INTERACTIVE:
        refuse_parameter("template_card.card_type")
    _task(corp, card, task)
    _title(corp, card)
    for name, most in MOST.items():
        _list(card, name, most)
    if kind in NOTICES:
        _action(card)
    if kind == "button_interaction":
        _buttons(corp, card)
    elif kind in INTERACTIVE and not isinstance(card.get("submit_button"), dict):
        refuse_parameter("template_card.submit_button missing.")
    feedback = card.get("feedback", {})
    if not isinstance(feedback, dict) or size(str(feedback.get("id", ""))) > FEEDBACK:
        refuse_parameter("template_card.feedback.id")
    if of == "bot":
        corp.remarks += [f"{name} does nothing on a card of an AI bot" for name in APP_ONLY if name in card]
    return card


def _task(corp: Corp, card: JSON, kept: str | None) -> None:
    found = card.get("task_id")
    if found is None and kept is None and card["card_type"] in NOTICES and "action_menu" not in card:
        return
    if not isinstance(found, str) or not TASK.fullmatch(found):
        refuse_parameter("template_card.task_id")
    if kept is None and found in corp.tasks:
        refuse_parameter("template_card.task_id was used before.")
    if kept is not None and found != kept:
        refuse_parameter("template_card.task_id is not that of the card.")


def _title(corp: Corp, card: JSON) -> None:
    title = card.get("main_title", {})
    if not isinstance(title, dict) or not (title.get("title") or card.get("sub_title_text")):
        refuse_parameter("template_card.main_title.title or sub_title_text missing.")
    for (part, name), most in SOFT.items():
        inside = card.get(part)
        if isinstance(inside, dict) and len(str(inside.get(name, ""))) > most:
            corp.remark(f"{part}.{name} of a card is over {most} characters")
    if len(str(card.get("sub_title_text", ""))) > SUB_TITLE:
        corp.remark(f"sub_title_text of a card is over {SUB_TITLE} characters")


def _list(card: JSON, name: str, most: int) -> None:
    found = card.get(name, [])
    if not isinstance(found, list) or len(found) > most or not all(isinstance(each, dict) for each in found):
        refuse_parameter(f"template_card.{name} takes at most {most} objects.")


def _action(card: JSON) -> None:
    action = card.get("card_action")
    if not isinstance(action, dict) or action.get("type") not in {1, 2}:
        refuse(42045, "template_card card_action invalid")
    if action["type"] == 1 and not str(action.get("url", "")).startswith(("http://", "https://")):
        refuse(42045, "template_card card_action.url invalid")


def _buttons(corp: Corp, card: JSON) -> None:
    buttons = card.get("button_list")
    if not buttons:
        refuse_parameter("template_card.button_list takes 1 to 6 buttons.")
    keys = []
    for button in buttons:
        text, key = button.get("text"), button.get("key")
        if not isinstance(text, str) or not text:
            refuse_parameter("template_card.button_list.text missing.")
        if button.get("type", 0) == 0 and (not isinstance(key, str) or not 0 < size(key) <= KEY):
            refuse_parameter("template_card.button_list.key")
        if button.get("style", 1) not in STYLES:
            refuse_parameter("template_card.button_list.style")
        if len(text) > BUTTON:
            corp.remark(f"a button's text is over {BUTTON} characters")
        keys.append(key)
    if len(set(keys)) != len(keys):
        refuse_parameter("template_card.button_list.key is there twice.")


def shown(card: JSON) -> str:
    """Return what a person reads on a card."""
    title, lines = card.get("main_title", {}), []
    lines += [title.get("title"), title.get("desc"), card.get("sub_title_text")]
    lines += [card.get("quote_area", {}).get("quote_text")]
    lines += [f"{each.get('keyname')}: {each.get('value', '')}" for each in card.get("horizontal_content_list", [])]
    lines += [f"[{each['text']}]" for each in card.get("button_list", [])]
    lines += [each.get("title") for each in card.get("jump_list", [])]
    return "\n".join(str(line) for line in lines if line)
