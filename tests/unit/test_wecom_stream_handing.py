"""The AI bot by callback where an answer is late, or too long for its stream: it follows once by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.wecom.receiving import handing
from adapters.wecom.streams.book import StreamBook
from bot.errors import StoreUnavailableError
from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import OPS, ZHANG
from tests.fakes.wecom_bot import BotDesk, Queue, bot_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.wecom.streams.places import Final
    from bot.types import Language

LATER = say("wecom_later", "zh")


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom(bot_url="http://127.0.0.1:1") as wecom:
        wecom.turns.poll_s = 0.05
        yield wecom


@pytest.fixture
def desk(tmp_path: Path, wecom: FakeWeCom) -> Iterator[BotDesk]:
    with bot_desk(tmp_path, wecom) as desk:
        yield desk


@pytest.mark.parametrize("place", ["bot", OPS])
def test_a_late_answer_follows_once_by_response_url_into_the_same_chat(
    tmp_path: Path, wecom: FakeWeCom, place: str
) -> None:
    with bot_desk(tmp_path, wecom, stream_seconds=0.3) as desk:
        asked = wecom.write(ZHANG, f"@{wecom.corp.bot_name} 磁盘满了怎么办？", place)
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(question, "清理归档日志。")
        desk.answer(question, "清理归档日志。")

        until(lambda: len(wecom.replies(asked)) == 2, "the answer")
        stream, later = wecom.replies(asked)
        assert stream.text == LATER
        assert (later.via, later.chat) == ("response_url", stream.chat)
        assert later.text.startswith("清理归档日志。")
    assert wecom.corp.remarks == []


def test_a_late_answer_is_shown_once_where_the_reply_to_the_first_try_is_lost(tmp_path: Path, wecom: FakeWeCom) -> None:
    wecom.troubles.reset("aibot/response")
    with bot_desk(tmp_path, wecom, stream_seconds=0.3) as desk:
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(question, "清理归档日志。")
        until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

        assert len(wecom.replies(asked)) == 2


def test_a_late_answer_goes_by_the_app_where_the_response_url_is_over(tmp_path: Path, wecom: FakeWeCom) -> None:
    sent: list[tuple[str, str]] = []
    queue = Queue(app=lambda user, _, content: sent.append((user, content)))
    with bot_desk(tmp_path, wecom, stream_seconds=0.3, queue=queue) as desk:
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        wecom.advance(3601)
        desk.answer(question, "清理归档日志。")

        until(lambda: sent, "the answer")
        assert sent[0][0] == ZHANG
        assert sent[0][1].startswith("清理归档日志。")


@pytest.mark.parametrize(("text", "language"), [("磁盘满了怎么办？", "zh"), ("What if a disk is full?", "en")])
def test_what_was_asked_in_a_group_and_comes_privately_says_why(
    tmp_path: Path, wecom: FakeWeCom, text: str, language: Language
) -> None:
    sent: list[str] = []
    queue = Queue(app=lambda _user, _key, content: sent.append(content))
    with bot_desk(tmp_path, wecom, stream_seconds=0.3, queue=queue) as desk:
        asked = wecom.mention(ZHANG, OPS, text)
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        wecom.advance(3601)
        desk.answer(question, "清理归档日志。")

        until(lambda: sent, "the answer")
        assert sent[0].startswith(f"{say('wecom_private', language)}\n\n清理归档日志。")


def test_a_late_answer_is_shown_once_where_its_showing_could_not_be_noted(
    tmp_path: Path, wecom: FakeWeCom, monkeypatch: pytest.MonkeyPatch
) -> None:
    show, failures, sent = StreamBook.show, [StoreUnavailableError("gone")], list[str]()

    def failing(book: StreamBook, stream: str, final: Final, number: int) -> None:
        if failures:
            raise failures.pop()
        show(book, stream, final, number)

    monkeypatch.setattr(StreamBook, "show", failing)
    queue = Queue(app=lambda _user, _key, content: sent.append(content))
    with bot_desk(tmp_path, wecom, stream_seconds=0.3, queue=queue) as desk:
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(question, "清理归档日志。")
        until(lambda: desk.store.get("wecom-outbox:read") == b"1", "the end of the matter")

        assert len(wecom.replies(asked)) == 2
        assert (failures, sent) == ([], [])


def test_a_late_refusal_says_how_to_ask_a_human_since_no_card_stands_under_it(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom, stream_seconds=0.3) as desk:
        asked = wecom.write(ZHANG, "火星上有水吗？")
        question = desk.question(asked)
        until(lambda: desk.first(asked).finished, "the end of the stream")
        desk.answer(question, "文档里没有答案。", "refused")

        until(lambda: len(wecom.replies(asked)) == 2, "the answer")
        assert wecom.replies(asked)[1].text.endswith(say("wecom_offer", "zh"))


def test_an_answer_that_nobody_polls_any_more_is_handed_over(
    tmp_path: Path, wecom: FakeWeCom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "GRACE_S", 0.0)
    wecom.turns.poll_s = 3600.0
    with bot_desk(tmp_path, wecom, stream_seconds=1.0) as desk:
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        desk.answer(desk.question(asked), "清理归档日志。")

        until(lambda: wecom.chat(f"bot/{ZHANG}")[-1].text.startswith("清理归档日志。"), "the answer")


def test_a_chinese_answer_of_6000_characters_arrives_whole(desk: BotDesk) -> None:
    said = "".join(chr(0x4E00 + number) for number in range(6000))
    asked = desk.wecom.write(ZHANG, "说说")
    desk.answer(desk.question(asked), said)

    shown = desk.wecom.answer(asked).text
    assert said in shown
    assert len(shown.encode()) <= 20_480


def test_more_than_a_stream_holds_follows_as_a_message(desk: BotDesk) -> None:
    said = "。\n\n".join("字" * 900 for _ in range(12))
    asked = desk.wecom.write(ZHANG, "说说")
    desk.answer(desk.question(asked), said)

    until(lambda: len(desk.wecom.replies(asked)) == 2, "the rest")
    shown = "".join(each.text for each in desk.wecom.replies(asked))
    assert shown.count("字") == 12 * 900
    assert all(len(each.text.encode()) <= 20_480 for each in desk.wecom.replies(asked))


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
