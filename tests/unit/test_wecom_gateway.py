"""The AI bot's long connection: streams are pushed, one frame at a time, and answers outlive the connection."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases
from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import OPS, ZHANG
from tests.fakes.wecom_bot import BotDesk, Queue, bot_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"
ASKED, ANSWER = "磁盘满了怎么办？", "清理归档日志。"


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def desk(tmp_path: Path, wecom: FakeWeCom) -> Iterator[BotDesk]:
    with bot_desk(tmp_path, wecom) as desk:
        until(desk.receiver.ready, "a subscription")
        yield desk


def sent(wecom: FakeWeCom, command: str) -> int:
    """Count the frames of a command that WeCom got."""
    return sum(each.path == command for each in list(wecom.requests))


def test_the_first_frame_opens_the_stream_and_does_not_wait_for_the_answer(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, ASKED)
    first = desk.first(asked)

    assert not first.finished
    assert first.feedback == desk.question(asked).id
    until(lambda: desk.first(asked).text == say("working", "zh"), "progress")


def test_progress_and_then_the_answer_take_the_place_of_what_was_shown(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, ASKED)
    question = desk.question(asked)
    desk.first(asked)
    desk.progress(question, "第一步")
    until(lambda: desk.first(asked).text == "第一步", "progress")
    desk.answer(question, ANSWER)

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert len(desk.wecom.replies(asked)) == 1
    assert desk.wecom.corp.remarks == []


def test_one_frame_at_a_time_is_in_flight_on_a_req_id(desk: BotDesk) -> None:
    desk.wecom.gateway.ack_s = 0.3
    asked = desk.wecom.write(ZHANG, ASKED)
    desk.answer(desk.question(asked), ANSWER)

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert desk.wecom.corp.remarks == []


def test_a_message_that_comes_twice_is_answered_once(desk: BotDesk) -> None:
    desk.wecom.gateway.copies = 3
    asked = desk.wecom.write(ZHANG, ASKED)
    desk.answer(desk.question(asked), ANSWER)

    desk.wecom.answer(asked)
    assert len(desk.questions) == 1
    assert len(desk.wecom.chat(f"bot/{ZHANG}")) == 2
    assert desk.wecom.corp.remarks == []


def test_fifty_messages_at_once_are_all_answered_within_the_quota(tmp_path: Path, wecom: FakeWeCom) -> None:
    people = [wecom.person(f"user{number}", f"人{number}").id for number in range(50)]
    queue = Queue()
    with bot_desk(tmp_path, wecom, queue=queue) as desk:
        until(desk.receiver.ready, "a subscription")
        queue.work = desk.work
        asked = [wecom.write(each, f"问题{each}") for each in people]

        assert {wecom.answer(each).text.split("\n")[0] for each in asked} == {f"答：问题{each}" for each in people}
        assert {each.code for each in wecom.requests} <= {0, None}
        assert wecom.corp.remarks == []
        assert all(len(wecom.replies(each)) == 1 for each in asked)


def test_the_quota_of_a_conversation_is_kept_by_waiting(desk: BotDesk) -> None:
    names = [desk.wecom.person(f"user{number}", f"人{number}").id for number in range(22)]
    desk.queue.work = desk.work
    asked = [desk.wecom.mention(each, OPS, f"问题{each}") for each in names]

    assert [desk.wecom.answer(each).finished for each in asked] == [True] * 22
    assert {each.code for each in desk.wecom.requests} <= {0, None}


def test_an_answer_that_takes_too_long_follows_once_as_a_message(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom, stream_seconds=0.5) as desk:
        until(desk.receiver.ready, "a subscription")
        asked = wecom.write(ZHANG, ASKED)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(desk.question(asked), ANSWER)
        desk.answer(desk.question(asked), ANSWER)
        later = until(lambda: next((each for each in wecom.chat(f"bot/{ZHANG}") if each.via == SEND), None), "it")

        assert desk.first(asked).text == say("wecom_later", "zh")
        assert later.text.startswith(ANSWER)
        assert sent(wecom, SEND) == 1


def test_a_standby_takes_over_from_one_that_never_lets_go(tmp_path: Path, wecom: FakeWeCom) -> None:
    with closing(SqliteLeases(tmp_path / "q.db")) as leases:
        assert leases.acquire(f"wecom-gateway:{wecom.corp.bot_id}", 2.0)
        with bot_desk(tmp_path, wecom) as desk:
            until(desk.receiver.ready, "a standby")
            assert wecom.gateway.live is None
            until(lambda: wecom.gateway.live is not None, "the end of the lease")


def test_a_standby_takes_over_and_says_what_was_left(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom) as first:
        until(first.receiver.ready, "a subscription")
        asked = wecom.write(ZHANG, ASKED)
        until(lambda: first.first(asked).text, "progress")
        with bot_desk(tmp_path, wecom) as second:
            until(second.receiver.ready, "a standby")
            assert wecom.gateway.subscribed == 1
            first.receiver.close()
            second.answer(first.question(asked), ANSWER)
            until(lambda: [each for each in wecom.chat(f"bot/{ZHANG}") if each.via == SEND], "the answer")

            assert wecom.gateway.subscribed == 2


def test_an_answer_that_came_while_nobody_held_the_connection_is_sent(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom) as desk:
        until(desk.receiver.ready, "a subscription")
        asked = wecom.write(ZHANG, ASKED)
        until(lambda: desk.first(asked).text, "progress")
        question = desk.question(asked)
        desk.receiver.close()
        desk.answer(question, ANSWER)
    with bot_desk(tmp_path, wecom):
        until(lambda: [each for each in wecom.chat(f"bot/{ZHANG}") if each.via == SEND], "the answer")

    assert sent(wecom, SEND) == 1


def test_a_refusal_ends_with_a_card_and_a_click_asks_one_human(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "火星上有水吗？")
    desk.answer(desk.question(asked), "文档里没有答案。", "refused")
    shown = desk.wecom.answer(asked)
    (key,) = shown.buttons.values()
    for _ in range(2):
        desk.wecom.press(shown.id, key, ZHANG)
    until(lambda: "quorum_done" in "".join(desk.wecom.one(shown.id).buttons.values()), "the update")

    assert [each.id for each in desk.questions if each.task == "escalate"] == [f"human-wecom-bot-{asked}"]
    assert desk.wecom.corp.remarks == []


def test_whoever_enters_is_greeted(desk: BotDesk) -> None:
    entered = desk.wecom.enter(ZHANG)

    greeting = desk.wecom.answer(entered)
    assert greeting.via == "welcome"
    assert all(say("wecom_greeting", language) in str(greeting) for language in ("zh", "en"))


def test_a_picture_comes_with_the_key_of_its_own(desk: BotDesk) -> None:
    asked = desk.wecom.picture(ZHANG, b"\x89PNG", name="a.png")
    (attachment,) = desk.question(asked).attachments

    assert "#aeskey=" in attachment.url


def test_more_than_a_stream_holds_follows_as_a_message(desk: BotDesk) -> None:
    said = "。\n\n".join("字" * 900 for _ in range(12))
    asked = desk.wecom.write(ZHANG, "说说")
    desk.answer(desk.question(asked), said)
    chat = f"bot/{ZHANG}"
    until(lambda: len(desk.wecom.chat(chat)) == 3, "the rest")

    assert "".join(each.text for each in desk.wecom.chat(chat)).count("字") == 12 * 900


def test_no_text_and_no_secret_is_logged(tmp_path: Path, wecom: FakeWeCom, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), bot_desk(tmp_path, wecom) as desk:
        until(desk.receiver.ready, "a subscription")
        asked = wecom.write(ZHANG, "私密的问题")
        desk.answer(desk.question(asked), "私密的回答")
        wecom.answer(asked)

    ours = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn"))
    for secret in ("私密", wecom.corp.bot_secret):
        assert secret not in ours


def test_what_is_said_about_a_click_follows_as_a_message_in_the_same_chat(desk: BotDesk) -> None:
    asked = desk.wecom.mention(ZHANG, OPS, "火星上有水吗？")
    desk.answer(desk.question(asked), "文档里没有答案。", "refused")
    shown = desk.wecom.answer(asked)
    desk.wecom.press(shown.id, next(iter(shown.buttons.values())), ZHANG)
    errand = until(lambda: next((each for each in desk.questions if each.task == "escalate"), None), "the errand")
    for _ in range(2):
        desk.messenger._of(errand).say(errand, ["没有人工同事可以接手。"])
    until(lambda: desk.wecom.chat(OPS)[-1].text == "没有人工同事可以接手。", "the words")

    assert len(desk.wecom.chat(OPS)) == 3
