"""What the app answers arrives whole, in order and once, whatever happens on the way."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.calling.quota import Quota
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ZHANG
from tests.fakes.wecom_rooms import AppRoom, app_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENTENCES = [f"第{number}步：检查归档日志的空间，确认备份已经完成，再清理旧文件。" for number in range(200)]
LONG = "".join(SENTENCES)
MARK = re.compile(r"\n\n(?:\((\d+)/(\d+)\) )?编号 [a-z0-9]{8}$")


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def room(wecom: FakeWeCom, tmp_path: Path) -> Iterator[AppRoom]:
    with app_room(tmp_path, wecom) as room:
        yield room


def test_an_answer_that_fits_is_one_message_with_a_card_under_it(room: AppRoom) -> None:
    question = room.question()

    room.deliver(question, room.answer(question, "清理归档日志 [1]。"))

    message, card = room.shown()
    assert message.kind == "markdown"
    assert "清理归档日志" in message.shown
    assert "7 个样本中 5 个一致" in message.shown
    assert list(card.buttons) == ["有帮助", "没帮助", "查看来源", "转人工"]
    assert room.wecom.corp.remarks == []


def test_a_refusal_has_one_button_which_asks_a_human(room: AppRoom) -> None:
    question = room.question()

    room.deliver(question, replace(room.answer(question, "文档里没有答案。", "refused"), citations=()))

    assert list(room.shown(kind="template_card")[0].buttons) == ["转人工"]


def test_a_chinese_answer_of_six_thousand_characters_arrives_whole_and_in_order(room: AppRoom) -> None:
    question = room.question()
    assert len(LONG) >= 6000

    room.deliver(question, room.answer(question, LONG))

    shown = room.shown(kind="markdown")
    assert all(len(each.text.encode()) <= 2048 for each in shown)
    marks = [MARK.search(each.text) for each in shown]
    assert [(mark[1], mark[2]) for mark in marks if mark] == [
        (str(number), str(len(shown))) for number in range(1, len(shown) + 1)
    ]
    whole = "".join(MARK.sub("", each.text) for each in shown).replace("\n", "")
    assert whole.startswith(LONG)
    assert room.wecom.corp.remarks == []


def test_every_message_asks_for_the_duplicate_check(room: AppRoom) -> None:
    question = room.question()

    room.deliver(question, room.answer(question, "清理归档日志 [1]。"))

    assert [each.values["enable_duplicate_check"] for each in room.calls("message/send")] == [1, 1]


@pytest.mark.parametrize("times", [1, 3])
def test_a_reset_after_accepting_shows_nothing_twice(room: AppRoom, times: int) -> None:
    question = room.question()
    room.wecom.troubles.reset("message/send", times, stored=True)

    for _ in range(times):
        with pytest.raises(MessengerUnavailableError):
            room.deliver(question, room.answer(question, LONG))
    room.deliver(question, room.answer(question, LONG))

    assert room.wecom.repeated(f"app/{ZHANG}") == []
    assert len(room.shown(kind="markdown")) >= 9


def test_a_try_after_a_restart_sends_the_same_bytes(room: AppRoom) -> None:
    question = room.question()
    room.wecom.troubles.reset("message/send", stored=True)
    with pytest.raises(MessengerUnavailableError):
        room.deliver(question, room.answer(question, "清理归档日志 [1]。"))

    room.deliver(question, room.answer(question, "另一个措辞 [1]。"), room.replying())

    first, second, _card = (each.body for each in room.calls("message/send"))
    assert first == second
    assert len(room.shown(kind="markdown")) == 1


def test_the_parts_that_were_taken_are_not_sent_again(room: AppRoom) -> None:
    question = room.question()
    room.wecom.troubles.refuse("message/send", -1)
    with pytest.raises(MessengerUnavailableError):
        room.deliver(question, room.answer(question, LONG))

    room.deliver(question, room.answer(question, LONG))
    before = len(room.calls("message/send"))
    room.deliver(question, room.answer(question, LONG), room.replying())

    assert len(room.calls("message/send")) == before == len(room.shown()) + 1


def test_a_token_that_ends_in_mid_answer_leaves_nothing_out(room: AppRoom) -> None:
    question = room.question()
    room.wecom.troubles.refuse("message/send", 42001, times=1)
    room.deliver(question, room.answer(question, LONG))
    room.wecom.tokens.expire()
    other = room.question("另一个问题")

    room.deliver(other, room.answer(other, LONG))

    assert len(room.shown(kind="template_card")) == 2
    assert room.wecom.repeated(f"app/{ZHANG}") == []


def test_the_same_answer_to_two_questions_is_shown_twice(room: AppRoom) -> None:
    for question in (room.question(), room.question()):
        room.deliver(question, room.answer(question, "清理归档日志 [1]。"))

    assert len(room.shown(kind="markdown")) == 2


def test_a_failure_that_was_shown_does_not_keep_the_answer_from_being_shown(room: AppRoom) -> None:
    question = room.question()

    room.deliver(question, replace(room.answer(question, "没有成功。", "failed"), citations=(), vote=None))
    room.deliver(question, room.answer(question, "清理归档日志 [1]。"))

    assert [each.text.partition("\n")[0] for each in room.shown(kind="markdown")] == [
        "没有成功。",
        "清理归档日志 [1]。",
    ]


def test_a_card_that_is_refused_costs_nothing_but_the_card(room: AppRoom) -> None:
    question = room.question()
    room.deliver(question, room.answer(question, "清理归档日志 [1]。"))
    room.wecom.corp.sent.clear()

    room.replies.show(ZHANG, "another", room.answer(question, "清理归档日志 [1]。"))  # its task id was there before

    assert len(room.shown(kind="markdown")) == 2
    assert len(room.shown(kind="template_card")) == 1


def test_a_member_who_may_not_see_the_app_is_refused_for_good(room: AppRoom) -> None:
    room.wecom.person("hidden", "外部", visible=False)
    question = room.question(user="hidden")

    with pytest.raises(MessengerRefusedError) as raised:
        room.deliver(question, room.answer(question, "清理归档日志。"))

    assert raised.value.code == "81013"


def test_progress_shows_nothing_that_would_stay(room: AppRoom) -> None:
    receipt = room.replies.acknowledge(room.question())

    room.replies.progress(receipt, "正在检索")

    assert room.shown() == []
    assert room.replies.find_reply(room.question()) is None


def test_the_thirty_first_message_of_a_minute_waits(room: AppRoom) -> None:
    clock = itertools.count(1_000_000.0, 1.0)
    quota = Quota(room.store, room.leases, "app", now=lambda: next(clock))
    for _ in range(30):
        quota.take(ZHANG)

    with pytest.raises(MessengerBusyError) as raised:
        quota.take(ZHANG)
    quota.take("lisi")

    assert 30 < raised.value.delay_s <= 63


def test_a_message_is_taken_when_the_wait_is_over(room: AppRoom) -> None:
    now = [1_000_000.0]
    quota = Quota(room.store, room.leases, "app", now=lambda: now[0])
    for _ in range(30):
        quota.take(ZHANG)
    with pytest.raises(MessengerBusyError) as raised:
        quota.take(ZHANG)
    now[0] += raised.value.delay_s

    quota.take(ZHANG)


def test_in_an_hour_a_member_gets_a_thousand_messages_and_no_more(room: AppRoom) -> None:
    now = [1_000_000.0]
    quota = Quota(room.store, room.leases, "app", now=lambda: now[0])
    for _ in range(1_000):
        quota.take(ZHANG)
        now[0] += 2.5

    with pytest.raises(MessengerBusyError) as raised:
        quota.take(ZHANG)

    assert raised.value.delay_s > 1_000


def test_many_short_answers_wait_rather_than_vanish(room: AppRoom) -> None:
    for _ in range(15):
        question = room.question()
        room.deliver(question, room.answer(question, "清理归档日志 [1]。"))
    late = room.question()

    with pytest.raises(MessengerBusyError):
        room.deliver(late, room.answer(late, "清理归档日志 [1]。"))

    assert len(room.shown()) == 30
    assert room.wecom.corp.dropped == []


def test_what_an_ai_bot_could_not_say_is_forwarded_whole_and_in_order(room: AppRoom) -> None:
    for _ in range(2):
        room.replies.forward(ZHANG, "late-answer", LONG)

    shown = room.shown()
    assert all(len(each.text.encode()) <= 2048 for each in shown)
    assert "".join(MARK.sub("", each.text) for each in shown).replace("\n", "") == LONG
