"""Cards and bodies are what WeCom takes, and what is pressed on a card is understood again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from adapters.wecom.hearing import buttons
from adapters.wecom.hearing.events import Clicked, Ignored
from adapters.wecom.hearing.posts import Post, question_id
from adapters.wecom.layout import bodies, cards, tags
from adapters.wecom.layout.pages import APP_MARKDOWN, APP_TEXT, BOT_MARKDOWN
from tests.fakes.slack_answers import answer
from tests.fakes.wecom.cards import check
from tests.fakes.wecom.corp import Corp

if TYPE_CHECKING:
    from bot.types import Language, Outcome

ANSWER = question_id("bot", "CAIQ16HMjQYY/NGagIOAgAMgq4KM0AI=" * 3)
POST = Post("app", "single", "zhangsan", "zhangsan")
LANGUAGES: list[Language] = ["zh", "en"]


def checked(card: dict[str, Any]) -> list[str]:
    """Check a card as WeCom does; return the words on its buttons."""
    corp = Corp()
    check(corp, card, "bot")
    assert corp.remarks == []
    return [button["text"] for button in card["button_list"]]


def pressed(card: dict[str, Any]) -> list[object]:
    return [buttons.pressed("e", button["key"], POST, task=card["task_id"]) for button in card["button_list"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_is_within_the_limits_of_its_fields(language: Language) -> None:
    for card in (
        cards.answered(ANSWER, language),
        cards.answered(ANSWER, language, is_rated=True),
        cards.offered(ANSWER, language),
        cards.asked(ANSWER, language),
    ):
        assert checked(card)


@pytest.mark.parametrize("outcome", ["answered", "answered_with_warning"])
def test_an_answer_asks_whether_it_helped_and_offers_sources_and_a_human(outcome: Outcome) -> None:
    found = answer(outcome=outcome, language="zh")
    card = cards.under(found)

    assert checked(card) == ["有帮助", "没帮助", "查看来源", "转人工"]
    clicks = [each for each in pressed(card) if isinstance(each, Clicked)]
    assert [(each.action, each.vote, each.answer_id) for each in clicks] == [
        ("quorum_feedback", 1, found.id),
        ("quorum_feedback", 0, found.id),
        ("quorum_sources", None, found.id),
        ("quorum_escalate", None, found.id),
    ]


@pytest.mark.parametrize("outcome", ["refused", "failed"])
def test_a_refusal_and_a_failure_offer_a_human_with_one_button(outcome: Outcome) -> None:
    assert checked(cards.under(answer(outcome=outcome, language="zh"))) == ["转人工"]


def test_a_rated_answer_thanks_and_keeps_its_other_buttons() -> None:
    card = cards.answered(ANSWER, "zh", is_rated=True, task="T-1")

    assert checked(card) == ["查看来源", "转人工"]
    assert (card["main_title"]["title"], card["task_id"]) == ("感谢您的反馈", "T-1")


def test_after_a_human_was_asked_the_button_says_so_and_does_nothing() -> None:
    card = cards.asked(ANSWER, "zh", task=cards.offered(ANSWER, "zh")["task_id"])

    assert checked(card) == ["已转人工 ✓"]
    assert pressed(card) == [Ignored("done button")]
    assert card["task_id"] == tags.task(ANSWER)


def test_names_are_derived_and_differ() -> None:
    assert tags.stream("a") == tags.stream("a") != tags.stream("b")
    assert re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", tags.task(ANSWER))
    assert len({tags.reference(str(number)) for number in range(5000)}) == 5000


def test_a_stream_carries_all_of_its_text_and_the_feedback_id_once_it_is_given() -> None:
    first = bodies.stream("s", "正在查找文档……", finished=False, feedback="wecom-bot-M1")
    last = bodies.stream("s", "答案", finished=True)

    assert first == {
        "msgtype": "stream",
        "stream": {"id": "s", "finish": False, "content": "正在查找文档……", "feedback": {"id": "wecom-bot-M1"}},
    }
    assert last == {"msgtype": "stream", "stream": {"id": "s", "finish": True, "content": "答案"}}


def test_a_feedback_id_that_is_too_long_is_left_out() -> None:
    assert "feedback" not in bodies.stream("s", "a", finished=False, feedback="字" * 100)["stream"]


def test_a_refusal_ends_with_a_card_under_its_stream() -> None:
    card = cards.offered(ANSWER, "zh")
    body = bodies.stream("s", "文档中没有答案。", finished=True, under=card)

    assert (body["msgtype"], body["template_card"]) == ("stream_with_template_card", card)


def test_messages_name_their_own_kind() -> None:
    assert bodies.message("a", APP_TEXT) == {"msgtype": "text", "text": {"content": "a"}}
    for style in (APP_MARKDOWN, BOT_MARKDOWN):
        assert bodies.message("a", style) == {"msgtype": "markdown", "markdown": {"content": "a"}}
    assert bodies.welcome("a") == {"msgtype": "text", "text": {"content": "a"}}
    assert bodies.card({"card_type": "x"}) == {"msgtype": "template_card", "template_card": {"card_type": "x"}}


def test_a_card_is_updated_for_all_or_for_some() -> None:
    card = cards.asked(ANSWER, "zh")

    assert bodies.card_update(card) == {"response_type": "update_template_card", "template_card": card}
    assert bodies.card_update(card, ["zhangsan"])["userids"] == ["zhangsan"]
    assert bodies.app_card_update(card, "RC") == {"response_code": "RC", "template_card": card}
