"""Commands in WeCom, in Chinese and English, to the app, to the AI bot, and in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.handbook import TEXTS
from tests.fakes.polling import until
from tests.fakes.wecom_installation import TWO
from tests.fakes.wecom_model import WAIT
from tests.fakes.wecom_seats import PLACES

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place

pytestmark = [
    pytest.mark.parametrize("place", PLACES),
    pytest.mark.parametrize("wecom", TWO, indirect=True),
]

LEAVE = "How many days of annual leave do I have?"
MONTHS = "试用期是几个月？"
AGAIN = "What should I do about it?"
"""Says nothing of its own."""


@pytest.mark.parametrize(("command", "words"), [("/帮助", "如何提问"), ("帮助", "如何提问"), ("/help", "如何提问")])
def test_help_says_how_to_ask(wecom: Installation, place: Place, command: str, words: str) -> None:
    said = wecom.seat(place).say(command)

    assert words in said.shown
    assert "/来源" in said.shown


def test_commands_answer_in_the_language_of_the_last_question(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    seat.ask(LEAVE)
    said = [seat.say(command).shown for command in ("/help", "/forget", "/stop")]
    seat.ask(MONTHS)
    said.append(seat.say("/help").shown)

    assert said[0].partition("\n")[0] == ("How to ask" if place == "app" else "**How to ask**")
    assert "is forgotten" in said[1]
    assert said[2].startswith("Stopped")
    assert "如何提问" in said[3]


@pytest.mark.parametrize(
    ("question", "command", "document"), [(LEAVE, "/sources", "leave.md"), (MONTHS, "/来源", "入职.md")]
)
def test_sources_quotes_the_passage_behind_the_last_answer(
    wecom: Installation, place: Place, question: str, command: str, document: str
) -> None:
    seat = wecom.seat(place)
    before = seat.say(command)
    seat.ask(question)
    said = seat.say(command)
    quoted = [line.removeprefix("> ").strip("`") for line in said.shown.splitlines() if line.startswith("> ")]

    assert before.shown.startswith("请先提问")
    assert [each in TEXTS[document] for each in quoted] == [True]
    assert said.sources[0].startswith("[1] ")


@pytest.mark.parametrize("command", ["/清除", "/forget"])
def test_what_was_said_before_is_forgotten_on_command(wecom: Installation, place: Place, command: str) -> None:
    seat = wecom.seat(place)
    seat.ask("The display says Paper jam in tray 2")
    before = seat.ask(AGAIN)
    said = seat.say(command)
    after = seat.ask(AGAIN)

    assert "open the rear door" in before.shown
    assert said.shown.startswith("What was said before is forgotten")
    assert "rear door" not in after.shown


@pytest.mark.parametrize("command", ["/停止", "/stop"])
def test_a_question_that_is_stopped_is_not_answered_any_more(wecom: Installation, place: Place, command: str) -> None:
    seat = wecom.seat(place)
    question = f"密码多久更换一次？{WAIT}（{seat.user}）"
    with wecom.model.held():
        name = seat.write(question)
        until(lambda: question in wecom.model.waiting, "the question is being answered")
        said = seat.say(command)
    after = seat.ask(MONTHS)

    assert said.shown.startswith("已停止")
    assert "三个月" in after.shown
    assert [each for each in wecom.wecom.chat(seat.chat) if each.ours and "90 天" in each.shown] == []
    if place != "app":
        assert seat.said(name).shown == "好的，已停止回答这个问题。"


def test_status_says_that_we_are_here_and_in_a_group_which_one_it_is(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    said = [seat.say(command).shown for command in ("/状态", "/status")]

    assert all(words.startswith("我在线") for words in said)
    assert [seat.to in words for words in said] == [place == "group"] * 2
