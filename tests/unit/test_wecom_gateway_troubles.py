"""What happens on the AI bot's long connection when it drops, expires, is taken away, or never acknowledges."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.receiving import connection, pushing
from adapters.wecom.receiving import desk as desks
from adapters.wecom.streams.book import StreamBook
from bot.errors import QueueUnavailableError, StoreUnavailableError
from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import OPS, ZHANG
from tests.fakes.wecom.subscriber import Subscriber
from tests.fakes.wecom_bot import HURRIED, BotDesk, bot_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.wecom.streams.places import Place

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


@pytest.mark.parametrize("finishing", [False, True])
def test_an_acknowledgement_that_is_late_is_taken_for_no_others(
    desk: BotDesk, monkeypatch: pytest.MonkeyPatch, *, finishing: bool
) -> None:
    monkeypatch.setattr(connection, "ACK_S", 0.3)
    if not finishing:
        desk.wecom.troubles.slow(RESPOND, 1.0)
    asked = desk.wecom.write(ZHANG, ASKED)
    question = desk.question(asked)
    until(lambda: desk.first(asked).text, "progress")
    if finishing:
        desk.wecom.troubles.slow(RESPOND, 1.0)
    desk.answer(question, ANSWER)
    until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert len(desk.wecom.chat(f"bot/{ZHANG}")) == 2
    assert desk.wecom.corp.remarks == []


def test_the_reader_never_waits_for_an_acknowledgement(desk: BotDesk) -> None:
    desk.wecom.troubles.lose(RESPOND)
    first = desk.wecom.write(ZHANG, ASKED)
    desk.first(first)
    second = desk.wecom.mention(ZHANG, OPS, "二？")
    desk.answer(desk.question(second), ANSWER)

    assert desk.wecom.answer(second, 4.0).text.startswith(ANSWER)


def test_a_conversation_that_wecom_counts_as_full_waits(desk: BotDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "LIMITED_S", 0.5)
    desk.wecom.troubles.refuse(RESPOND, 45009, 2)
    asked = desk.wecom.write(ZHANG, ASKED)
    desk.answer(desk.question(asked), ANSWER)

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert len(desk.wecom.chat(f"bot/{ZHANG}")) == 2


def test_a_stream_that_expired_gets_its_answer_once_as_a_message(desk: BotDesk) -> None:
    asked = desk.wecom.mention(ZHANG, OPS, ASKED)
    desk.first(asked)
    until(lambda: desk.first(asked).text, "progress")
    desk.wecom.troubles.refuse(RESPOND, 846608)
    desk.answer(desk.question(asked), ANSWER)
    later = until(lambda: next((each for each in desk.wecom.chat(OPS) if each.via == SEND), None), "the answer")
    desk.answer(desk.question(asked), ANSWER)

    assert later.text.startswith(ANSWER)
    assert sent(desk.wecom, SEND) == 1


def test_a_lost_subscription_is_made_anew_and_nothing_is_lost(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, ASKED)
    until(lambda: desk.first(asked).text, "progress")
    desk.wecom.forget_subscription()
    desk.answer(desk.question(asked), ANSWER)
    later = until(lambda: next((each for each in desk.wecom.chat(f"bot/{ZHANG}") if each.via == SEND), None), "it")

    assert later.text.startswith(ANSWER)
    assert desk.wecom.gateway.subscribed == 2
    assert sent(desk.wecom, SEND) == 1


@pytest.mark.parametrize("is_cut", [True, False], ids=["cut", "subscription lost"])
def test_a_new_connection_leaves_no_old_one_behind_that_would_take_messages(desk: BotDesk, *, is_cut: bool) -> None:
    wecom = desk.wecom
    asked = wecom.write(ZHANG, ASKED)
    until(lambda: desk.first(asked).text, "progress")
    if is_cut:
        wecom.cut_connections()
    else:
        wecom.forget_subscription()
    desk.answer(desk.question(asked), ANSWER)
    until(lambda: wecom.gateway.subscribed == 2 and len(wecom.gateway.open) == 1, "one connection, the second")
    until(desk.receiver.ready, "a subscription")
    second = wecom.mention(ZHANG, OPS, "二？")
    desk.answer(desk.question(second), ANSWER)

    assert wecom.answer(second).text.startswith(ANSWER)


def test_a_connection_that_drops_in_mid_stream_loses_and_doubles_nothing(desk: BotDesk) -> None:
    asked = [desk.wecom.mention(ZHANG, OPS, ASKED), desk.wecom.write(ZHANG, "二？")]
    for each in asked:
        until(lambda each=each: desk.first(each).text, "progress")
    desk.wecom.cut_connections()
    for each in asked:
        desk.answer(desk.question(each), ANSWER)
    for chat in (OPS, f"bot/{ZHANG}"):
        until(lambda chat=chat: [each for each in desk.wecom.chat(chat) if each.via == SEND], "the answer")

    assert sent(desk.wecom, SEND) == 2
    assert desk.wecom.lost(asked) == []


@pytest.mark.parametrize("stored", [True, False])
def test_an_answer_whose_acknowledgement_is_lost_is_neither_doubled_nor_passed_over(
    desk: BotDesk, *, stored: bool
) -> None:
    asked = desk.wecom.write(ZHANG, ASKED)
    until(lambda: desk.first(asked).text, "progress")
    desk.wecom.troubles.cut(RESPOND, stored=stored)
    desk.answer(desk.question(asked), ANSWER)
    later = until(lambda: next((each for each in desk.wecom.chat(f"bot/{ZHANG}") if each.via == SEND), None), "it")

    assert later.text == say("wecom_lost", "zh")
    assert sent(desk.wecom, SEND) == 1


def test_an_unacknowledged_frame_of_a_stream_is_sent_again(desk: BotDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ACK_S", 0.3)
    monkeypatch.setattr(connection, "LATE_S", 0.3)
    asked = desk.wecom.write(ZHANG, ASKED)
    until(lambda: desk.first(asked).text, "progress")
    desk.wecom.troubles.lose(RESPOND)
    desk.answer(desk.question(asked), ANSWER)
    until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert len(desk.wecom.chat(f"bot/{ZHANG}")) == 2


def test_another_subscriber_is_not_fought(desk: BotDesk, caplog: pytest.LogCaptureFixture) -> None:
    with Subscriber(desk.wecom):
        until(lambda: not desk.receiver.ready(), "the parting")
        until(lambda: "disconnected_event" in caplog.text, "a warning")

    assert desk.wecom.gateway.subscribed == 2
    assert [each.levelname for each in caplog.records if "disconnected_event" in each.getMessage()] == ["WARNING"]


def test_a_standby_does_not_fight_either(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom) as first, bot_desk(tmp_path, wecom) as second:
        until(lambda: first.receiver.ready() and second.receiver.ready(), "one that holds and one that stands by")
        with Subscriber(wecom):
            until(lambda: not (first.receiver.ready() and second.receiver.ready()), "the parting")
            began = time.monotonic()
            until(lambda: time.monotonic() - began > HURRIED.lease_s + 1.5, "the time of a lease")

            assert wecom.gateway.subscribed == 2


def test_after_a_while_we_subscribe_again_and_a_restart_does_at_once(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom, pace=replace(HURRIED, parted_s=1.0)) as desk:
        until(desk.receiver.ready, "a subscription")
        with Subscriber(wecom):
            until(lambda: not desk.receiver.ready(), "the parting")
            began = time.monotonic()
            until(desk.receiver.ready, "another subscription")
            assert time.monotonic() - began > 0.8
        with Subscriber(wecom):
            until(lambda: not desk.receiver.ready(), "the parting")
    with bot_desk(tmp_path, wecom) as desk:
        until(desk.receiver.ready, "a subscription", 5.0)


def test_what_was_told_while_the_queue_was_down_is_heard_again(desk: BotDesk) -> None:
    failing = iter([QueueUnavailableError("down"), QueueUnavailableError("down")])

    def before() -> None:
        if (found := next(failing, None)) is not None:
            raise found

    desk.queue.before = before
    asked = desk.wecom.write(ZHANG, ASKED)
    desk.answer(desk.question(asked), ANSWER)

    assert desk.wecom.answer(asked).text.startswith(ANSWER)


def test_the_card_of_a_refusal_follows_where_its_stream_is_over(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "火星上有水吗？")
    until(lambda: desk.first(asked).text, "progress")
    desk.wecom.cut_connections()
    desk.answer(desk.question(asked), "文档里没有答案。", "refused")
    chat = f"bot/{ZHANG}"
    until(lambda: desk.wecom.chat(chat)[-1].buttons, "the card")

    assert [each.via for each in desk.wecom.chat(chat)[2:]] == [SEND, SEND]


def test_a_wrong_secret_is_said_by_its_code(tmp_path: Path, wecom: FakeWeCom, caplog: pytest.LogCaptureFixture) -> None:
    wecom.corp.bot_secret = "right"
    with bot_desk(tmp_path, wecom) as desk:
        wecom.corp.bot_secret = "changed"
        wecom.cut_connections()
        until(lambda: "853000" in caplog.text, "a warning")

        assert not desk.receiver.ready()


@pytest.mark.parametrize("is_stored", [False, True])
def test_an_end_of_a_stream_to_which_wecom_says_busy_stands_once(desk: BotDesk, *, is_stored: bool) -> None:
    asked = desk.wecom.write(ZHANG, ASKED)
    question = desk.question(asked)
    until(lambda: desk.first(asked).text == say("working", "zh"), "progress")
    desk.wecom.troubles.refuse(RESPOND, -1, stored=is_stored)
    desk.answer(question, ANSWER)
    until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
    assert sent(desk.wecom, SEND) == 0


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_a_stream_whose_answer_is_late_ends_though_wecom_does_not_take_that_at_once(
    tmp_path: Path, wecom: FakeWeCom, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(connection, "ACK_S", 0.5)
    monkeypatch.setattr(connection, "LATE_S", 0.1)
    with bot_desk(tmp_path, wecom, stream_seconds=2.0) as desk:
        until(desk.receiver.ready, "a subscription")
        asked = wecom.write(ZHANG, ASKED)
        question = desk.question(asked)
        until(lambda: desk.first(asked).text == say("working", "zh"), "progress")
        if trouble == "lost":
            wecom.troubles.lose(RESPOND, stored=False)
        else:
            wecom.troubles.refuse(RESPOND, -1 if trouble == "busy" else 6000)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(question, ANSWER)
        until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

        shown = [each.text for each in wecom.chat(f"bot/{ZHANG}")]
        assert shown[1:] == [say("wecom_later", "zh"), ANSWER]


def test_an_answer_whose_stream_the_store_did_not_tell_at_first_is_shown(
    desk: BotDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desks, "PAUSES_S", (0.1,))
    place, gone = StreamBook.place, StoreUnavailableError("gone")
    asked = desk.wecom.write(ZHANG, ASKED)
    question = desk.question(asked)

    def failing(book: StreamBook, stream: str) -> Place | None:
        is_theirs = threading.current_thread().name.startswith("quorum-wecom")
        if is_theirs and "the outbox cannot be read" not in caplog.text:
            raise gone
        return place(book, stream)

    monkeypatch.setattr(StreamBook, "place", failing)
    desk.answer(question, ANSWER)
    until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

    assert desk.wecom.answer(asked).text.startswith(ANSWER)
