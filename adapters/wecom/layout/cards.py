"""Template cards with buttons, under answers and refusals, and what they become when somebody pressed one.

Fields and limits: developer.work.weixin.qq.com/document/path/101032; titles of at most 26 characters and buttons of at
most 10 are not cut on phones. A card of the AI bot has no button that is off, so one that says what was done takes the
place of the buttons, and pressing it does nothing (`hearing.buttons`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.wecom.hearing import buttons
from adapters.wecom.layout import tags
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Answer, Language

    Card = dict[str, Any]

BLUE, GREY = 1, 2
"""Styles of buttons."""


def under(found: Answer) -> Card:
    """Return the card of an app's answer, which has feedback, sources and a human; a refusal has the human alone.

    It names the answer that it belongs to, since others may come between the two.
    """
    is_answer = found.outcome in {"answered", "answered_with_warning"}
    card = (answered if is_answer else offered)(found.id, found.language)
    named = say("wecom_reference", found.language, reference=tags.reference(found.question_id))
    return {**card, "main_title": {**card["main_title"], "desc": named}}


def answered(answer_id: str, language: Language, *, is_rated: bool = False, task: str = "") -> Card:
    """Return the card under an answer; once it is rated, thanks take the place of the feedback buttons."""
    title = say("wecom_card_thanks" if is_rated else "wecom_card_helpful", language)
    feedback = [
        _button(say("wecom_good", language), buttons.key("quorum_feedback", answer_id, 1), BLUE),
        _button(say("wecom_bad", language), buttons.key("quorum_feedback", answer_id, 0), GREY),
    ]
    others = [
        _button(say("wecom_show_sources", language), buttons.key("quorum_sources", answer_id), GREY),
        _human(answer_id, language, GREY),
    ]
    return _card(title, others if is_rated else [*feedback, *others], task or tags.task(answer_id))


def offered(answer_id: str, language: Language) -> Card:
    """Return the card that offers a human, with one button."""
    return _card(say("wecom_card_human", language), [_human(answer_id, language, BLUE)], tags.task(answer_id))


def asked(answer_id: str, language: Language, *, task: str = "") -> Card:
    """Return what a card becomes when a human was asked; `task` is that of the card that was pressed."""
    done = _button(say("wecom_human_done", language), buttons.done(answer_id), GREY)
    return _card(say("wecom_card_asked", language), [done], task or tags.task(answer_id))


def _human(answer_id: str, language: Language, style: int) -> Card:
    return _button(say("wecom_ask_human", language), buttons.key("quorum_escalate", answer_id), style)


def _button(text: str, key: str, style: int) -> Card:
    return {"text": text, "style": style, "key": key}


def _card(title: str, shown: Sequence[Card], task: str) -> Card:
    return {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "button_list": list(shown),
        "task_id": task,
    }
