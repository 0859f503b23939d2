"""The AI bot by callback: a stream that is opened at once, polled from the store, and handed over where it is late."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot import metrics
from bot.errors import QueueUnavailableError
from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, OPS, ZHANG
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


def test_the_address_is_verified(desk: BotDesk) -> None:
    assert desk.wecom.verify("bot")


def test_the_first_reply_opens_the_stream_and_does_not_wait_for_the_answer(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    first = desk.first(asked)

    assert not first.finished
    assert first.feedback == desk.question(asked).id
    until(lambda: say("working", "zh") in desk.first(asked).text, "progress")


def test_progress_and_then_the_answer_take_the_place_of_what_was_shown(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    question = desk.question(asked)
    desk.progress(question, "第一步")
    until(lambda: desk.first(asked).text == "第一步", "progress")
    desk.answer(question, "清理归档日志。")

    seen = desk.wecom.answer(asked)
    assert seen.text.startswith("清理归档日志。")
    assert "第一步" not in seen.text
    assert desk.wecom.corp.remarks == []


def test_a_repeated_message_gets_the_same_stream_and_is_one_question(desk: BotDesk) -> None:
    desk.wecom.deliveries.copies = 3
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    question = desk.question(asked)
    desk.wecom.settle()  # the last copy's reply comes before the stream ends
    desk.answer(question)

    desk.wecom.answer(asked)
    assert len(desk.wecom.replies(asked)) == 1
    assert len(desk.questions) == 1
    assert desk.wecom.corp.remarks == []


def test_any_process_answers_the_next_poll_also_after_a_restart(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom) as desk:
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        question = desk.question(asked)
        desk.first(asked)
    with bot_desk(tmp_path, wecom) as desk:
        desk.answer(question, "清理归档日志。")

        assert wecom.answer(asked).text.startswith("清理归档日志。")
        assert len(wecom.replies(asked)) == 1


def test_an_unknown_stream_is_finished(desk: BotDesk) -> None:
    query, body = desk.wecom.sealed("bot", '{"msgid":"m","msgtype":"stream","stream":{"id":"nobody\'s"}}')
    attempt = desk.wecom.post("bot", query, body)

    assert attempt.status == 200
    assert attempt.body


def test_a_refusal_ends_with_a_card_and_a_click_asks_one_human(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "火星上有水吗？")
    desk.answer(desk.question(asked), "文档里没有答案。", "refused")
    shown = desk.wecom.answer(asked)
    (key,) = shown.buttons.values()
    clicks = [desk.wecom.press(shown.id, key, user) for user in (ZHANG, ZHANG)]
    desk.wecom.settle()

    assert all(desk.wecom.deliveries.log)
    assert [each.id for each in desk.questions if each.task == "escalate"] == [f"human-wecom-bot-{asked}"]
    assert "quorum_done" in next(iter(desk.wecom.one(shown.id).buttons.values()))
    assert len(clicks) == 2
    assert desk.wecom.corp.remarks == []


def test_a_rating_counts_once_a_person_and_answer(desk: BotDesk) -> None:
    good, bad = (metrics.FEEDBACK.labels("wecom", value) for value in ("good", "bad"))
    before = good._value.get(), bad._value.get()
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    desk.answer(desk.question(asked))
    shown = desk.wecom.answer(asked)
    for kind in (1, 1, 3, 2):
        desk.wecom.rate(shown.id, kind, ZHANG)
        desk.wecom.settle()
    desk.wecom.rate(shown.id, 2, LI)
    desk.wecom.settle()

    assert (good._value.get(), bad._value.get()) == (before[0] + 1, before[1] + 1)
    assert desk.wecom.corp.remarks == []


def test_whoever_enters_is_greeted(desk: BotDesk) -> None:
    entered = desk.wecom.enter(ZHANG)

    greeting = desk.wecom.answer(entered)
    assert greeting.via == "welcome"
    assert all(say("wecom_greeting", language) in str(greeting) for language in ("zh", "en"))


def test_a_command_is_an_errand_whose_words_end_its_stream(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "/帮助")
    question = desk.question(asked)
    desk.work(question)

    assert (question.task, question.text) == ("say", "help")
    assert desk.wecom.answer(asked).text == "say help"


def test_asking_for_a_human_hands_the_last_question_over(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    desk.answer(desk.question(asked))
    desk.wecom.answer(asked)
    wanted = desk.wecom.write(ZHANG, "转人工")
    errand = until(lambda: next((each for each in desk.questions if each.task == "escalate"), None), "the errand")
    desk.messenger._replies["callback"].say(errand, ["已转给人工同事。"])

    assert (errand.id, errand.text) == (f"human-wecom-bot-{asked}", "磁盘满了怎么办？")
    assert desk.wecom.answer(wanted).text == "已转给人工同事。"


def test_stop_ends_a_question_that_is_not_answered_yet(desk: BotDesk) -> None:
    asked = desk.wecom.write(ZHANG, "磁盘满了怎么办？")
    question = desk.question(asked)
    stop = desk.wecom.write(ZHANG, "/停止")
    desk.work(desk.question(stop))

    assert desk.wecom.answer(asked).text == say("wecom_stopped", "zh")
    entry = desk.ledger.find(question.id)
    assert entry
    assert entry.state == "cancelled"


def test_a_quote_is_context_and_the_name_with_blanks_is_stripped(tmp_path: Path, wecom: FakeWeCom) -> None:
    wecom.corp.bot_name = "Quorum 知识 助手"
    with bot_desk(tmp_path, wecom) as desk:
        quoted = wecom.write(LI, "ORA-01555 snapshot too old", OPS)
        asked = wecom.mention(ZHANG, OPS, "这个怎么处理？@李四", quotes=quoted)
        question = desk.question(asked)

        assert question.text == "这个怎么处理？@李四"
        assert [turn.text for turn in question.context] == ["ORA-01555 snapshot too old"]
        assert question.address.conversation == f"bot:{OPS}"


def test_a_picture_is_an_attachment_that_can_be_fetched(desk: BotDesk) -> None:
    asked = desk.wecom.picture(ZHANG, b"\x89PNG", name="a.png")
    (attachment,) = desk.question(asked).attachments

    assert attachment.kind == "image"
    assert attachment.url.startswith(desk.wecom.server.address)


def test_redis_down_means_that_it_comes_again(tmp_path: Path) -> None:
    failing = iter([QueueUnavailableError("down")])

    def before() -> None:
        if (found := next(failing, None)) is not None:
            raise found

    with (
        FakeWeCom(bot_url="http://127.0.0.1:1", patience_s=2.0) as wecom,
        bot_desk(tmp_path, wecom, queue=Queue(before=before)) as desk,
    ):
        asked = wecom.write(ZHANG, "磁盘满了怎么办？")
        desk.answer(desk.question(asked))

        assert wecom.answer(asked)
        assert [each.status for each in wecom.deliveries.log[0].attempts] == [503, 200]


def test_too_many_questions_of_one_person_get_a_notice(tmp_path: Path, wecom: FakeWeCom) -> None:
    with bot_desk(tmp_path, wecom, per_minute=1) as desk:
        first = wecom.write(ZHANG, "一？")
        desk.answer(desk.question(first))
        wecom.answer(first)
        second = wecom.write(ZHANG, "二？")

        assert wecom.answer(second).text == say("wecom_limit", "zh", limit=1)
        assert len(desk.questions) == 1


@pytest.mark.parametrize(
    "plain", ["", "[]", "nonsense", "{}", '{"msgtype":"new"}', '{"msgtype":"stream"}', '{"msgtype":"event","event":1}']
)
def test_what_wecom_may_invent_is_answered_with_nothing_or_refused(desk: BotDesk, plain: str) -> None:
    attempt = desk.wecom.post("bot", *desk.wecom.sealed("bot", plain))

    assert (attempt.status, attempt.body) == (200, b"") or attempt.status == 400


def test_what_is_forged_or_too_old_is_refused(desk: BotDesk) -> None:
    query, body = desk.wecom.sealed("bot", "{}")

    assert desk.wecom.post("bot", query | {"msg_signature": "0" * 40}, body).status == 403
    assert desk.wecom.post("bot", {}, body).status == 403
    assert desk.wecom.post("bot", query, b"\xff").status == 400


def test_no_text_and_no_secret_is_logged(desk: BotDesk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked = desk.wecom.write(ZHANG, "私密的问题")
        desk.answer(desk.question(asked), "私密的回答")
        desk.wecom.answer(asked)

    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("asyncio"))
    for secret in ("私密", desk.wecom.corp.bot_token, desk.wecom.corp.bot_aes_key, "response_code"):
        assert secret not in ours


def test_a_repeated_stop_stops_nothing_that_came_later(desk: BotDesk) -> None:
    first = desk.wecom.write(ZHANG, "一？")
    desk.question(first)
    stop = desk.wecom.write(ZHANG, "/停止")
    desk.work(desk.question(stop))
    desk.wecom.answer(stop)
    second = desk.wecom.write(ZHANG, "二？")
    desk.question(second)
    body = json.dumps(desk.wecom.asked(stop).body, ensure_ascii=False)
    assert desk.wecom.post("bot", *desk.wecom.sealed("bot", body)).status == 200

    entry = desk.ledger.find(f"wecom-bot-{second}")
    assert entry
    assert entry.state == "open"
