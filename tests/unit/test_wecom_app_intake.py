"""What the app is told is done once: questions, commands, clicks, entrances; a human is asked once a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import metrics
from bot.settings import Limits
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, ZHANG
from tests.fakes.wecom_reception import AppReception, app_reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom("http://127.0.0.1:9/nobody", patience_s=1.0) as wecom:
        yield wecom


@pytest.fixture
def app(wecom: FakeWeCom, tmp_path: Path) -> Iterator[AppReception]:
    with app_reception(tmp_path, wecom) as app:
        yield app


def answered(app: AppReception, text: str = "磁盘满了怎么办") -> str:
    app.wecom.write(ZHANG, text, "app")
    question = next(each for each in app.questions if each.text == text)
    app.answer(question)
    return question.id


def press(app: AppReception, button: str, user: str = ZHANG) -> None:
    card = next(each for each in reversed(app.shown(user)) if button in each.buttons)
    app.wecom.press(card.id, card.buttons[button], user, f"app/{user}")
    app.wecom.settle()
    app.run()


def last(app: AppReception, user: str = ZHANG) -> str:
    return app.shown(user)[-1].shown


@pytest.mark.parametrize("text", ["/帮助", "/help", "帮助", "help", "／帮助"])
def test_help_says_how_to_ask(app: AppReception, text: str) -> None:
    app.wecom.write(ZHANG, text, "app")

    assert app.errands == [("say", "help")]
    app.run()
    assert "如何提问" in last(app)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_an_empty_text_is_answered_with_how_to_ask(app: AppReception, text: str) -> None:
    app.wecom.write(ZHANG, text, "app")

    assert app.errands == [("say", "empty")]
    app.run()
    assert "您想了解什么" in last(app)


@pytest.mark.parametrize("text", ["怎么办？", "ok?", "为什么"])
def test_a_question_is_one_with_a_chinese_question_mark_or_none(app: AppReception, text: str) -> None:
    app.wecom.write(ZHANG, text, "app")

    assert app.asked == [text]


def test_a_picture_a_voice_a_link_and_a_file_are_questions(app: AppReception) -> None:
    app.wecom.picture(ZHANG, b"\x89PNG", "app")
    app.wecom.voice(ZHANG, "磁盘满了怎么办", "app")
    app.wecom.tell_app(ZHANG, "link", Title="手册", Description="备份", Url="https://wiki.example/1")
    app.wecom.file(ZHANG, "a.log", b"ORA-01555", "app")

    assert sorted(app.asked) == ["", "", "手册\n备份\nhttps://wiki.example/1", "磁盘满了怎么办"]
    assert sorted(file.kind for each in app.questions for file in each.attachments) == ["file", "image"]


def test_stop_lets_what_is_not_answered_be_and_no_more(app: AppReception) -> None:
    done = answered(app)
    app.wecom.write(ZHANG, "还没有回答的问题", "app")
    waiting = app.questions[-1]

    app.wecom.write(ZHANG, "/停止", "app")
    app.run()

    states = [entry.state for entry in map(app.ledger.find, (done, waiting.id)) if entry]
    assert states == ["delivered", "cancelled"]
    assert "已停止" in last(app)


def test_a_stop_that_is_delivered_again_stops_nothing_that_was_asked_since(app: AppReception) -> None:
    app.wecom.write(ZHANG, "第一个问题", "app")
    app.wecom.settle()
    app.wecom.deliveries.lose = 1
    app.wecom.write(ZHANG, "/stop", "app")
    app.wecom.wait(lambda: app.wecom.deliveries.log[-1].attempts)
    app.wecom.write(ZHANG, "第二个问题", "app")

    states = {each.text: app.ledger.find(each.id) for each in app.questions if each.task == "answer"}
    assert {text: entry.state for text, entry in states.items() if entry} == {
        "第一个问题": "cancelled",
        "第二个问题": "open",
    }


@pytest.mark.parametrize("text", ["/清除", "/forget"])
def test_forget_begins_the_conversation_anew(app: AppReception, text: str) -> None:
    answered(app)
    app.wecom.write(ZHANG, text, "app")
    app.run()
    app.wecom.write(ZHANG, "那备份呢", "app")

    found = app.replying.messenger.gather(app.questions[-1])
    assert found.context == ()
    assert "已清除" in last(app)


@pytest.mark.parametrize("text", ["/来源", "/sources"])
def test_sources_shows_what_the_last_answer_cites(app: AppReception, text: str) -> None:
    answered(app)

    app.wecom.write(ZHANG, text, "app")
    app.run()

    assert "[1]" in last(app)
    assert "Redo logs" in last(app)
    assert "Add one." in last(app)


@pytest.mark.parametrize("text", ["/sources", "转人工", "/status"])
def test_a_command_before_any_question_says_so(app: AppReception, text: str) -> None:
    app.wecom.write(ZHANG, text, "app")
    app.run()

    assert ("当前等待回答的问题数" if text == "/status" else "请先提问") in last(app)


@pytest.mark.parametrize("text", ["转人工", "人工", "/human"])
def test_a_human_is_asked_once_with_the_question_the_asker_and_the_votes(app: AppReception, text: str) -> None:
    answered(app)

    for _ in range(2):
        app.wecom.write(ZHANG, text, "app")
        app.run()

    (packet,) = app.shown(LI)
    for part in ("磁盘满了怎么办", ZHANG, "7 个样本中 5 个一致"):
        assert part in packet.shown
    said = [each.shown for each in app.shown(ZHANG)[2:]]
    assert len(said) == 2
    assert all("已转给人工同事" in each for each in said)


def test_a_command_that_is_delivered_three_times_is_done_once(app: AppReception) -> None:
    answered(app)
    app.wecom.deliveries.lose = 2

    app.wecom.write(ZHANG, "转人工", "app")
    app.run()

    assert len(app.shown(LI)) == 1
    assert len(app.shown(ZHANG)) == 3


def test_the_button_asks_a_human_once_and_the_card_says_so(app: AppReception) -> None:
    answered(app)
    card = app.shown(ZHANG)[1]

    press(app, "转人工")
    app.wecom.press(card.id, app.wecom.one(card.id).buttons["已转人工 ✓"], ZHANG)
    app.wecom.settle()

    assert len(app.shown(LI)) == 1
    assert app.errands.count(("escalate", "磁盘满了怎么办")) == 1
    assert list(app.wecom.one(card.id).buttons) == ["已转人工 ✓"]


def test_without_a_helpdesk_the_asker_is_told_so_and_the_card_stays(wecom: FakeWeCom, tmp_path: Path) -> None:
    with app_reception(tmp_path, wecom, helpdesk="") as app:
        answered(app)
        press(app, "转人工")

        assert "未设置人工服务台" in last(app)
        assert "转人工" in app.shown(ZHANG)[1].buttons


def test_a_helpdesk_whom_the_app_cannot_reach_is_told_to_the_asker(wecom: FakeWeCom, tmp_path: Path) -> None:
    with app_reception(tmp_path, wecom, helpdesk="nobody") as app:
        answered(app)
        press(app, "转人工")

        assert "无法送达" in last(app)


def test_sources_are_shown_by_their_button(app: AppReception) -> None:
    answered(app)

    press(app, "查看来源")

    assert "Add one." in last(app)


def test_feedback_counts_once_a_person_and_answer_and_the_card_thanks(app: AppReception) -> None:
    before = metrics.FEEDBACK.labels("wecom", "good")._value.get()
    answered(app)
    card = app.shown(ZHANG)[1]
    app.wecom.deliveries.copies = 3

    press(app, "有帮助")

    app.wecom.wait(lambda: "有帮助" not in app.wecom.one(card.id).buttons)
    assert "感谢" in app.wecom.one(card.id).shown
    assert metrics.FEEDBACK.labels("wecom", "good")._value.get() == before + 1


def test_who_opens_the_app_is_greeted_the_first_time(app: AppReception) -> None:
    for _ in range(3):
        app.wecom.enter(ZHANG, "app")
        app.wecom.settle()
        app.run()

    assert app.errands == [("say", "greeting")]
    assert "知识库" in last(app)


def test_over_the_limit_a_person_is_told_once_and_nobody_else_is_held_up(wecom: FakeWeCom, tmp_path: Path) -> None:
    with app_reception(tmp_path, wecom, limits=Limits(questions_per_minute=2)) as app:
        for number in range(4):
            app.wecom.write(ZHANG, f"第{number}个问题", "app")
            app.wecom.settle()
        app.wecom.write(LI, "另一个人的问题", "app")

        (notice,) = app.wecom.wait(lambda: app.shown(ZHANG))
        assert "2 个问题" in notice.shown
        assert app.asked == ["第0个问题", "第1个问题", "另一个人的问题"]
        assert app.wecom.deliveries.log[3].status == 200


def test_unknown_types_are_counted(app: AppReception) -> None:
    counter = metrics.IGNORED.labels("wecom", "unknown message")
    before = counter._value.get()

    app.wecom.tell_app(ZHANG, "hologram")
    app.wecom.settle()

    assert counter._value.get() == before + 1


def test_an_english_question_gets_english_words(app: AppReception) -> None:
    app.wecom.write(ZHANG, "how do I free disk space?", "app")
    app.wecom.settle()
    app.wecom.write(ZHANG, "/help", "app")
    app.run()

    assert "How to ask" in last(app)
