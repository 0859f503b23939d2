"""Slack as a messenger: one acknowledgement in the thread, sparing progress, errands once, and our own found again."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.slack.replying import pacing
from bot.backends.sqlite import SqliteLeases
from bot.conversation.acknowledging import AcknowledgingOnce
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.ports import Errands
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack_rooms import SlackRoom, calmed, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.quick


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with opened() as slack:
        yield slack


@pytest.fixture
def room(server: FakeSlack, tmp_path: Path) -> Iterator[SlackRoom]:
    with calmed(server, tmp_path) as found:
        yield found


def test_the_acknowledgement_stands_in_the_thread_and_names_its_question(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.messenger.acknowledge(question)
    (shown,) = room.replies(question)

    assert (shown.thread_ts, shown.question, shown.final) == (question.address.message, question.id, False)
    assert shown.text
    assert shown.metadata == {"event_type": "quorum_reply", "event_payload": {"question": question.id}}


def test_nothing_is_broadcast_unfurled_or_parsed(room: SlackRoom) -> None:
    room.messenger.acknowledge(question := room.ask("hello"))
    asked = room.replies(question)[0].asked

    assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)
    assert not {"reply_broadcast", "link_names", "parse"} & asked.keys()
    assert room.slack.workspace.remarks == []


def test_a_follow_up_is_answered_in_the_thread_of_the_first_question(room: SlackRoom) -> None:
    first = room.ask("first")
    question = room.ask("second", thread=first.address.message)
    room.messenger.acknowledge(question)

    assert [each.thread_ts for each in room.replies(first)] == [first.address.message]


def test_two_questions_of_one_thread_have_a_reply_each(room: SlackRoom) -> None:
    first = room.ask("first")
    second = room.ask("second", thread=first.address.message)
    receipts = [room.messenger.acknowledge(each) for each in (first, second)]

    assert receipts == [room.messenger.find_reply(each) for each in (first, second)]
    assert [each.question for each in room.replies(first)] == [first.id, second.id]


def test_a_receipt_holds_no_secret(room: SlackRoom) -> None:
    receipt = room.messenger.acknowledge(room.command("What is ORA-01555?"))

    assert "response/" not in receipt.reference
    assert json.loads(receipt.reference)["url"].startswith("slack-url:")


def test_an_acknowledgement_whose_reply_is_lost_is_found_and_not_posted_again(room: SlackRoom, tmp_path: Path) -> None:
    question = room.ask("How many redo logs?")
    room.slack.troubles.reset("chat.postMessage")
    with closing(SqliteLeases(tmp_path / "leases.db")) as leases:
        once = AcknowledgingOnce(room.messenger, room.store, leases)
        with pytest.raises(MessengerUnavailableError):
            once.acknowledge(question)
        receipt = once.acknowledge(question)

    assert [each.ts for each in room.replies(question)] == [json.loads(receipt.reference)["ts"]]


def test_an_acknowledgement_is_found_on_a_later_page_of_a_long_thread(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    for number in range(210):
        room.slack.message(HELP, BOB, f"and me {number}", question.address.message)
    receipt = room.messenger.acknowledge(question)

    assert room.messenger.find_reply(question) == receipt


def test_another_apps_metadata_are_not_taken_for_ours(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    ts = room.slack.other_bot(HELP, "mine", question.address.message)
    room.slack.workspace.messages[HELP, ts].metadata = {
        "event_type": "quorum_reply",
        "event_payload": {"question": question.id},
    }

    assert room.messenger.find_reply(question) is None


def test_an_edited_question_keeps_the_reply_of_the_first(room: SlackRoom) -> None:
    first = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(first)

    assert room.messenger.find_reply(room.edited(first)) == receipt


def test_a_full_minute_is_said_without_posting(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.slack.troubles.limit("chat.postMessage", 5)
    for _ in range(2):
        with pytest.raises(MessengerBusyError):
            room.messenger.acknowledge(question)

    assert room.calls("chat.postMessage") == 1


def test_where_we_may_not_write_nothing_is_said_yet(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?", channel=room.archived())

    assert "ts" not in json.loads(room.messenger.acknowledge(question).reference)


def test_a_token_that_slack_refuses_is_said_to_the_operator(room: SlackRoom) -> None:
    room.slack.workspace.scopes.discard("chat:write")

    with pytest.raises(MessengerRefusedError, match="missing_scope"):
        room.messenger.acknowledge(room.ask("How many redo logs?"))


def test_progress_is_shown_in_place_but_not_twice_in_a_moment(room: SlackRoom) -> None:
    receipt = room.messenger.acknowledge(question := room.ask("How many redo logs?"))
    for text in ("2 of 3 samples agree", "3 of 4 samples agree"):
        room.messenger.progress(receipt, text)
    (shown,) = room.replies(question)

    assert (shown.shown, shown.final, shown.question) == ("2 of 3 samples agree", False, question.id)


def test_progress_leaves_room_for_answers(room: SlackRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "WINDOW_S", 1e9)
    for number in range(8):
        receipt = room.messenger.acknowledge(room.ask(f"question {number}"))
        room.messenger.progress(receipt, "Checking …")

    assert room.calls("chat.update") == pacing.PER_WINDOW


@pytest.mark.parametrize("order", ["limit", "fail", "reset", "page"])
def test_progress_that_slack_does_not_take_is_no_error(room: SlackRoom, order: str) -> None:
    receipt = room.messenger.acknowledge(room.ask("How many redo logs?"))
    getattr(room.slack.troubles, order)("chat.update")

    room.messenger.progress(receipt, "Checking …")

    assert room.calls("chat.update") == 1


def test_progress_of_a_deleted_message_is_no_error(room: SlackRoom) -> None:
    receipt = room.messenger.acknowledge(question := room.ask("How many redo logs?"))
    room.slack.delete(HELP, room.replies(question)[0].ts)

    room.messenger.progress(receipt, "Checking …")


def test_markup_in_progress_is_no_markup(room: SlackRoom) -> None:
    receipt = room.messenger.acknowledge(question := room.ask("How many redo logs?"))
    room.messenger.progress(receipt, "<!channel> *5* of 7")

    assert room.replies(question)[0].pings == []


@pytest.mark.parametrize("name", ["help", "empty"])
def test_an_errand_to_say_something_says_it_once(room: SlackRoom, name: str) -> None:
    assert isinstance(room.messenger, Errands)
    errand = room.errand("say", name)
    for _ in range(2):
        room.messenger.run(errand)
    (shown,) = room.replies(errand)

    assert "/ask" in shown.shown
    assert shown.thread_ts == errand.address.message


def test_what_was_said_and_lost_its_reply_is_not_said_again(room: SlackRoom) -> None:
    errand = room.errand("say", "help")
    room.slack.troubles.reset("chat.postMessage")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.run(errand)
    room.messenger.run(errand)

    assert len(room.replies(errand)) == 1


def test_what_slack_did_not_take_is_said_later(room: SlackRoom) -> None:
    errand = room.errand("say", "help")
    room.slack.troubles.fail("chat.postMessage", status=503)
    with pytest.raises(MessengerUnavailableError):
        room.messenger.run(errand)
    room.messenger.run(errand)

    assert len(room.replies(errand)) == 1


def test_an_errand_in_an_archived_channel_is_over(room: SlackRoom) -> None:
    room.messenger.run(room.errand("say", "help", channel=room.archived()))

    assert room.slack.whispers(ALICE) == []


def test_a_bare_mention_that_is_edited_into_a_question_is_answered_in_place(room: SlackRoom, tmp_path: Path) -> None:
    errand = room.errand("say", "empty")
    room.messenger.run(errand)
    question = replace(errand, id=f"{errand.id}-e1", replaces=errand.id, task="answer", text="How many redo logs?")
    with closing(SqliteLeases(tmp_path / "leases.db")) as leases:
        receipt = AcknowledgingOnce(room.messenger, room.store, leases).acknowledge(question)
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each.final for each in room.replies(errand)] == [True]


def test_sources_are_listed_by_whoever_knows_them(room: SlackRoom) -> None:
    room.messenger.run(errand := room.errand("say", "sources"))

    assert [each.shown for each in room.replies(errand)] == [f"documents for {ALICE}"]


def test_a_withdrawn_question_leaves_nothing_of_ours(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.deliver(question, room.answer(question, "A long answer. " * 2_000))
    room.slack.delete(HELP, question.address.message)
    for _ in range(2):
        room.messenger.run(room.withdrawal(question))

    assert room.slack.by_question().get(question.id) is None


def test_withdrawing_leaves_other_replies_of_the_thread(room: SlackRoom) -> None:
    first = room.ask("first")
    second = room.ask("second", thread=first.address.message)
    for each in (first, second):
        room.messenger.acknowledge(each)
    room.messenger.run(room.withdrawal(second))

    assert [each.question for each in room.replies(first)] == [first.id]


def test_what_was_never_answered_is_withdrawn_without_a_word(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.slack.delete(HELP, question.address.message)

    room.messenger.run(room.withdrawal(question))


def test_an_escalation_is_left_to_whoever_asks_humans(room: SlackRoom) -> None:
    room.messenger.run(errand := room.errand("escalate", "why?"))

    assert room.escalated == [errand]


def test_reading_what_belongs_to_a_question_is_left_to_others(room: SlackRoom) -> None:
    assert room.messenger.gather(room.ask("hello")).notices == ("gathered",)


def test_no_text_token_or_address_reaches_a_log(room: SlackRoom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for question in (room.ask("the-secret-words"), room.command("the-secret-words")):
        answer = room.answer(question, "the-secret-words")
        for order in ("fail", "reset", "page", "limit"):
            getattr(room.slack.troubles, order)()
            try:
                room.deliver(question, answer)
            except (MessengerUnavailableError, MessengerRefusedError) as exc:
                logging.getLogger("test").info("%s", exc)
            room.slack.troubles.calm()
    logged = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn"))

    assert "did not answer" in logged
    assert not any(secret in logged for secret in ("the-secret-words", "xoxb", "/response/"))
