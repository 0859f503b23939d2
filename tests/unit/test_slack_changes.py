"""Messages that are edited or deleted after they were asked, in whatever order Slack tells of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLedger
from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Question


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=(0.1, 0.2)) as slack, reception(tmp_path, slack) as found:
        yield found


def test_an_edit_before_the_answer_is_answered_as_edited(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "wy?")
    desk.slack.settle()
    desk.slack.edit(HELP, ts, f"<@{desk.slack.workspace.bot_user}> why?")

    assert desk.asked == ["wy?", "why?"]
    first, version = desk.questions
    assert desk.state(first.id) == "cancelled"
    assert (version.replaces, version.reply_id, version.address) == (first.id, first.id, first.address)
    assert version.id.startswith(f"{first.id}-e")


def test_an_edit_soon_after_the_answer_is_answered_in_its_place(desk: Reception) -> None:
    ts = desk.slack.direct(ALICE, "wy?")
    desk.slack.settle()
    desk.answer(desk.questions[0].id)
    desk.slack.edit(desk.slack.direct_channel(ALICE), ts, "why?")

    assert desk.asked == ["wy?", "why?"]


def test_an_edit_long_after_the_answer_changes_nothing(desk: Reception) -> None:
    ts = desk.slack.direct(ALICE, "wy?")
    desk.slack.settle()
    desk.answer(desk.questions[0].id)
    desk.slack.advance(601)
    desk.slack.edit(desk.slack.direct_channel(ALICE), ts, "why?")

    assert desk.asked == ["wy?"]


def test_of_edits_that_come_out_of_order_the_last_one_counts(desk: Reception) -> None:
    channel = desk.slack.direct_channel(ALICE)
    ts = desk.slack.direct(ALICE, "w")
    desk.slack.settle()
    desk.slack.deliveries.held = []
    desk.slack.edit(channel, ts, "wy?")
    desk.slack.edit(channel, ts, "why?")
    desk.turned()

    assert desk.asked == ["w", "why?"]
    assert desk.state(desk.questions[1].id) == "open"


def test_an_edit_that_comes_before_its_message_is_the_question(desk: Reception) -> None:
    channel = desk.slack.direct_channel(ALICE)
    desk.slack.deliveries.held = []
    ts = desk.slack.direct(ALICE, "wy?")
    desk.slack.edit(channel, ts, "why?")
    desk.turned()

    assert desk.asked == ["why?"]


def test_many_edits_at_once_leave_one_to_be_answered(desk: Reception) -> None:
    channel = desk.slack.direct_channel(ALICE)
    ts = desk.slack.direct(ALICE, "0")
    desk.slack.settle()
    desk.slack.deliveries.held = []
    for number in range(1, 6):
        desk.slack.edit(channel, ts, str(number))
    desk.slack.deliveries.release(shuffled=True)
    desk.slack.settle()

    pending = [each.text for each in desk.questions if desk.state(each.id) not in {"cancelled", "delivered"}]
    assert pending == ["5"]


def test_a_preview_that_slack_adds_is_no_edit(desk: Reception) -> None:
    ts = desk.slack.direct(ALICE, "why?")
    desk.slack.settle()
    desk.slack.unfurl(desk.slack.direct_channel(ALICE), ts)

    assert desk.asked == ["why?"]


def test_an_edit_that_is_delivered_four_times_is_one_version(desk: Reception) -> None:
    ts = desk.slack.direct(ALICE, "wy?")
    desk.slack.settle()
    desk.slack.deliveries.copies = 4
    desk.slack.edit(desk.slack.direct_channel(ALICE), ts, "why?")

    assert desk.asked == ["wy?", "why?"]
    assert {attempt.status for attempt in desk.slack.deliveries.log[-1].attempts} == {200}


def test_a_mention_that_is_edited_in_is_a_question(desk: Reception) -> None:
    ts = desk.slack.message(HELP, ALICE, "why?")
    desk.slack.settle()
    desk.slack.edit(HELP, ts, f"<@{desk.slack.workspace.bot_user}> why?")

    assert desk.asked == ["why?"]


def test_a_deleted_question_is_dropped_and_its_reply_withdrawn(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    desk.slack.delete(HELP, ts)

    assert desk.errands == [("withdraw", "")]
    first, withdrawal = desk.questions
    assert desk.state(first.id) == "cancelled"
    assert (withdrawal.id, withdrawal.reply_id) == (f"{first.id}-withdraw", first.id)
    assert withdrawal.address == first.address


def test_deleting_an_edited_question_drops_its_newest_version(desk: Reception) -> None:
    channel = desk.slack.direct_channel(ALICE)
    ts = desk.slack.direct(ALICE, "wy?")
    desk.slack.settle()
    desk.slack.edit(channel, ts, "why?")
    desk.slack.settle()
    desk.slack.delete(channel, ts)

    assert desk.errands == [("withdraw", "")]
    assert [desk.state(each.id) for each in desk.questions if each.task == "answer"] == ["cancelled"] * 2
    assert desk.questions[-1].reply_id == desk.questions[0].id


def test_a_message_that_is_deleted_before_it_comes_is_no_question(desk: Reception) -> None:
    channel = desk.slack.direct_channel(ALICE)
    desk.slack.deliveries.held = []
    ts = desk.slack.direct(ALICE, "why?")
    desk.slack.delete(channel, ts)
    desk.turned()

    assert desk.asked == desk.errands == []


def test_a_message_that_is_deleted_while_it_is_claimed_is_not_answered(
    desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, deleted = SqliteLedger.open, list[str]()

    def overtaken(ledger: SqliteLedger, question: Question) -> bool:
        if not deleted:
            deleted.append(question.id)
            desk.slack.delete(question.address.conversation, question.address.message)
            until(lambda: desk.store.get(f"slack-gone:{question.id}"), "the deletion")
            until(lambda: all(each.over.is_set() for each in desk.slack.deliveries.log[1:]), "its delivery")
        return claim(ledger, question)

    monkeypatch.setattr(SqliteLedger, "open", overtaken)
    desk.slack.direct(ALICE, "why?")
    desk.slack.settle()

    assert desk.state(deleted[0]) == "cancelled"
    assert desk.errands == [("withdraw", "")]
    assert desk.acknowledged == []


def test_a_tombstone_withdraws_once(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "why?")
    reply = desk.slack.message(HELP, BOB, "because", ts)
    desk.slack.settle()
    desk.slack.delete(HELP, ts)
    desk.slack.settle()
    desk.slack.delete(HELP, reply)

    assert [task for task, _ in desk.errands].count("withdraw") <= 2
    assert [each.id for each in desk.questions].count(f"{desk.id(HELP, ts)}-withdraw") == 1


def test_a_question_that_is_edited_to_nothing_is_told_how_to_ask(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    desk.slack.edit(HELP, ts, f"<@{desk.slack.workspace.bot_user}>")

    assert desk.errands == [("say", "empty")]
    assert desk.state(desk.id(HELP, ts)) == "cancelled"


def test_an_acknowledgement_that_comes_after_the_deletion_is_withdrawn_too(tmp_path: Path) -> None:
    begun, over = threading.Event(), threading.Event()

    def acknowledge(_: Question) -> None:
        begun.set()
        over.wait(10)

    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack, acknowledge=acknowledge) as desk:
        ts = slack.mention(HELP, ALICE, "why?")
        begun.wait(10)
        slack.delete(HELP, ts)
        slack.settle()
        over.set()
        first = desk.id(HELP, ts)
        until(lambda: f"{first}-withdraw-late" in [each.id for each in desk.questions], "another withdrawal")

        assert desk.errands == [("withdraw", ""), ("withdraw", "")]
