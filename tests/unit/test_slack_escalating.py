"""A human is asked once, whatever is clicked or breaks, and whoever asked hears what came of it."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.layout import blocks
from adapters.slack.replying.desk import ChannelDesk
from adapters.slack.replying.escalating import Escalating
from adapters.slack.replying.places import Place
from adapters.slack.replying.posting import Posting
from bot import metrics
from bot.backends.sqlite import SqliteLedger, SqliteStore
from bot.conversation.answers import AnswerBook
from bot.conversation.escalation import Handovers
from bot.diagnosis.masking import masked_question
from bot.errors import MessengerBusyError, MessengerUnavailableError
from bot.settings import Masking, Slack
from bot.types import Address, Answer, Question
from tests.fakes import slack_answers
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Language
    from tests.fakes.slack import Seen

DESK = "C0DESK001"
SECRET = "Tiger-77"
TEXT = f"ORA-00257 <!channel> <@{BOB}>: sqlplus scott/{SECRET}@db01 from 10.1.2.3"


@dataclass
class Desk:
    """An answered question in a workspace with a helpdesk, and what asks a human about it."""

    slack: FakeSlack
    store: SqliteStore
    ledger: SqliteLedger
    book: AnswerBook
    escalating: Escalating
    question: Question
    answer: Answer
    reply: str

    def errand(self, **details: str) -> Question:
        about = self.question
        known = {"answer": about.id, "question": about.id, "asker": ALICE, "clicked": self.reply, **details}
        address = replace(about.address, user=BOB)
        return replace(about, id=f"human-{about.id}", task="escalate", address=address, details=known)

    @property
    def packets(self) -> list[Seen]:
        return self.slack.channel(DESK)

    @property
    def told(self) -> list[Seen]:
        return [each for each in self.slack.replies(HELP, self.question.address.message) if each.ts != self.reply]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as found:
        found.room(DESK, "helpdesk", members=(ALICE, BOB))
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "state.db")) as found:
        yield found


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "state.db")) as found:
        yield found


@pytest.fixture
def desk(slack: FakeSlack, store: SqliteStore, ledger: SqliteLedger) -> Desk:
    return made(slack, store, ledger)


def made(
    slack: FakeSlack, store: SqliteStore, ledger: SqliteLedger, *, channel: str = DESK, language: Language = "en"
) -> Desk:
    """Ask and answer a question as the workers would have."""
    ts = slack.mention(HELP, ALICE, "see the log")
    question = Question(
        f"slack-{slack.workspace.team}-{HELP}-{ts}", TEXT, Address("slack", HELP, ALICE, ts, ts), language, float(ts)
    )
    answer = replace(slack_answers.answer(language=language), id=question.id, question_id=question.id)
    book = AnswerBook(store, 3_600.0)
    book.save(answer)
    settings = Slack(bot_token=slack.workspace.bot_token, api_url=slack.api_url)
    api = SlackApi(settings, store)
    us = Identifying(api, store, settings.bot_token)
    place = Place(HELP, ALICE, question.id, thread=ts, since=ts)
    reply = Posting(api, us).post(place, blocks.answer(answer)[-1], answer=answer.id)
    ledger.open(masked_question(question, Masking()))  # as the door does
    ledger.advance(question.id, "delivered", place.at(reply).receipt)
    helpdesk = ChannelDesk(api, us, channel) if channel else None
    escalating = Escalating(api, us, store, ledger, book, helpdesk)
    return Desk(slack, store, ledger, book, escalating, question, answer, reply)


def test_the_packet_shows_question_asker_permalink_and_vote_and_masks_secrets(desk: Desk) -> None:
    desk.escalating.run(desk.errand())

    (packet,) = desk.packets
    assert "ORA-00257" in packet.shown
    assert "5 of 7 samples agree" in packet.shown
    assert "Redo logs" in packet.shown
    assert SECRET not in str(packet.blocks) + packet.text
    assert "10.1.2.3" not in str(packet.blocks) + packet.text
    assert f"<@{ALICE}>" in str(packet.blocks)
    assert any("/archives/" in url for _, url in packet.links)
    assert packet.metadata == {"event_type": "quorum_escalation", "event_payload": {"question": desk.question.id}}


def test_nobody_but_the_asker_is_mentioned_by_what_people_wrote(desk: Desk) -> None:
    desk.escalating.run(desk.errand())

    assert set(desk.packets[0].pings) == {f"@{ALICE}"}
    assert not [each for each in desk.slack.workspace.remarks if "chat.postMessage" in each]


def test_the_asker_sees_in_the_thread_that_a_human_was_asked_and_the_button_is_gone(desk: Desk) -> None:
    desk.escalating.run(desk.errand())

    reply = desk.slack.one(HELP, desk.reply)
    assert [each.shown for each in desk.told] == ["A human colleague was asked; the answer will come from a person."]
    assert "quorum_escalate" not in reply.actions
    assert "quorum_feedback" in reply.actions
    assert "A human colleague was asked." in reply.shown
    assert reply.question == desk.question.id


def test_a_chinese_question_is_handed_over_in_chinese(
    slack: FakeSlack, store: SqliteStore, ledger: SqliteLedger
) -> None:
    desk = made(slack, store, ledger, language="zh")
    desk.escalating.run(desk.errand())

    assert "7 个样本中 5 个一致" in desk.packets[0].shown
    assert [each.shown for each in desk.told] == ["已转给人工同事，将由人工回复。"]


def test_two_clicks_ask_once_and_count_once(desk: Desk) -> None:
    before = metrics.ESCALATIONS._value.get()
    desk.escalating.run(desk.errand())
    desk.escalating.run(desk.errand())

    assert len(desk.packets) == 1
    assert len(desk.told) == 1
    assert metrics.ESCALATIONS._value.get() == before + 1


def test_a_button_and_a_command_about_the_same_question_ask_once(desk: Desk) -> None:
    desk.escalating.run(desk.errand())
    desk.escalating.run(replace(desk.errand(clicked=""), id=f"human-{desk.question.id}-e2"))

    assert len(desk.packets) == 1
    assert len(desk.told) == 1


def test_a_packet_whose_reply_was_lost_is_found_and_not_posted_again(desk: Desk) -> None:
    desk.slack.troubles.reset("chat.postMessage", channel=DESK, stored=True)
    with pytest.raises(MessengerUnavailableError):
        desk.escalating.run(desk.errand())
    assert len(desk.packets) == 1
    desk.escalating.run(desk.errand())

    assert len(desk.packets) == 1
    assert len(desk.told) == 1
    found = Handovers(desk.store).question_of("slack", f"{DESK}:{desk.packets[0].ts}")
    assert found == desk.question.id


def test_a_packet_that_was_lost_on_its_way_is_posted_by_the_next_try(desk: Desk) -> None:
    desk.slack.troubles.reset("chat.postMessage", channel=DESK, stored=False)
    with pytest.raises(MessengerUnavailableError):
        desk.escalating.run(desk.errand())
    desk.escalating.run(desk.errand())

    assert len(desk.packets) == 1


def test_a_worker_that_died_after_posting_leaves_one_packet(desk: Desk) -> None:
    """The death is a connection that breaks at the word to the asker, after the packet stands."""
    desk.slack.troubles.reset("chat.postMessage", channel=HELP, stored=True)
    with pytest.raises(MessengerUnavailableError):
        desk.escalating.run(desk.errand())
    desk.escalating.run(desk.errand())

    assert len(desk.packets) == 1
    assert len(desk.told) == 1


def test_a_busy_helpdesk_is_asked_later(desk: Desk) -> None:
    desk.slack.troubles.limit("chat.postMessage", 1.0, channel=DESK)
    with pytest.raises(MessengerBusyError):
        desk.escalating.run(desk.errand())

    assert desk.packets == []
    assert desk.store.get(f"handover:{desk.question.id}") is None


@pytest.mark.parametrize("trouble", ["archived", "not joined", "unknown"])
def test_a_closed_helpdesk_is_said_plainly_and_logged(
    slack: FakeSlack,
    store: SqliteStore,
    ledger: SqliteLedger,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    desk = made(slack, store, ledger, channel="C0NOWHERE" if trouble == "unknown" else DESK)
    slack.channels[DESK].archived = trouble == "archived"
    if trouble == "not joined":
        slack.channels[DESK].members.discard(slack.workspace.bot_user)
    with caplog.at_level(logging.DEBUG):
        desk.escalating.run(desk.errand())

    assert "cannot be reached" in desk.told[0].shown
    assert any(each.levelno == logging.ERROR and "helpdesk" in each.message for each in caplog.records)
    assert SECRET not in caplog.text
    assert "quorum_escalate" in slack.one(HELP, desk.reply).actions


def test_without_a_helpdesk_the_asker_is_told_whom_to_ask(
    slack: FakeSlack, store: SqliteStore, ledger: SqliteLedger
) -> None:
    desk = made(slack, store, ledger, channel="")
    desk.escalating.run(desk.errand())
    desk.escalating.run(desk.errand())

    assert [each.shown for each in desk.told] == [
        "No helpdesk is set up here, so nobody was asked. Please ask a colleague, or whoever looks after this bot."
    ]


def test_a_click_in_a_message_that_one_person_sees_changes_that_message(desk: Desk) -> None:
    url = desk.slack.responses.make(HELP, BOB)
    desk.escalating.run(desk.errand(response_url=url))

    assert len(desk.packets) == 1
    assert desk.told == []
    assert any("A human colleague was asked." in each.shown for each in desk.slack.whispers(BOB))


def test_an_edited_question_is_handed_over_as_it_reads_now(desk: Desk) -> None:
    edited = replace(desk.question, id=f"{desk.question.id}-e2", text="ORA-01555 instead", replaces=desk.question.id)
    desk.ledger.open(edited)
    desk.store.put(f"slack-latest:{desk.question.id}", edited.id.encode())
    desk.escalating.run(desk.errand())

    assert "ORA-01555 instead" in desk.packets[0].shown
    assert desk.packets[0].metadata is not None
    assert desk.packets[0].metadata["event_payload"] == {"question": desk.question.id}


def test_a_question_that_is_no_longer_kept_is_handed_over_by_what_the_errand_knows(desk: Desk) -> None:
    errand = replace(desk.errand(question="slack-T-C-1.1", answer="slack-T-C-1.1"), text="ORA-01555?")
    desk.escalating.run(errand)

    assert "ORA-01555?" in desk.packets[0].shown
    assert "There is no answer yet" in desk.packets[0].shown


def test_a_command_marks_the_reply_that_nobody_clicked_in(desk: Desk) -> None:
    errand = desk.errand()
    details = {name: value for name, value in errand.details.items() if name != "clicked"}
    desk.escalating.run(replace(errand, details=details))

    assert "quorum_escalate" not in desk.slack.one(HELP, desk.reply).actions
    assert len(desk.told) == 1
