"""`/ask` is answered once, to its author alone, and never with silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack.replying import places
from bot.errors import MessengerUnavailableError
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


def test_a_command_is_answered_once_to_its_author_alone(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.messenger.progress(receipt, "Checking …")
    assert room.slack.whispers(ALICE) == []
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    (shown,) = room.slack.whispers(ALICE)

    assert shown.asked["response_type"] == "ephemeral"
    assert set(shown.actions) == {"quorum_feedback", "quorum_sources", "quorum_escalate"}
    assert shown.shown.startswith("Three [1].")
    assert [each for each in room.slack.channel(HELP, BOB) if each.ours] == []


@pytest.mark.parametrize("trouble", ["fail", "page"])
def test_a_commands_answer_that_slack_did_not_take_is_shown_later(room: SlackRoom, trouble: str) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    getattr(room.slack.troubles, trouble)("response_url")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each.final for each in room.slack.whispers(ALICE)] == [True]


def test_a_commands_answer_is_shown_once_slack_is_there_again(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.down()
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    room.slack.up()
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each.final for each in room.slack.whispers(ALICE)] == [True]


def test_a_commands_answer_of_which_nobody_knows_is_neither_doubled_nor_silence(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.troubles.reset("response_url")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    answered, told = room.slack.whispers(ALICE)

    assert (answered.final, told.final) == (True, False)
    assert "ask again" in told.shown


def test_an_answer_follows_the_word_that_a_command_failed(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.messenger.deliver(receipt, room.answer(question, "Something went wrong.", outcome="failed"))
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each.shown.split(".")[0] for each in room.slack.whispers(ALICE)] == ["Something went wrong", "Three [1]"]


def test_a_command_whose_time_is_over_is_answered_directly(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.advance(1_801)
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert room.slack.whispers(ALICE) == []
    assert [each.final for each in room.directly()] == [False, True]


def test_a_commands_address_is_forgotten_in_time_and_the_answer_stays_one(room: SlackRoom) -> None:
    question = room.command("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    room.store.delete(places.read(receipt).url)
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert len(room.slack.whispers(ALICE)) == 1
    assert room.directly() == []
