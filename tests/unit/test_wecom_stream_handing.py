"""The AI bot by callback where an answer is late, or too long for its stream: it follows once by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.wecom.receiving import handing
from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import OPS, ZHANG
from tests.fakes.wecom_bot import BotDesk, Queue, bot_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
