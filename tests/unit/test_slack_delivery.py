"""One answer is one reply: in place, in parts that fit, found again after a crash, and never without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack.replying import places
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from tests.fakes.slack.fake import ALICE, BOB, HELP, PRIVATE
from tests.fakes.slack_answers import WIKI, citation
from tests.fakes.slack_rooms import SlackRoom, calmed, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.slack import FakeSlack

BUTTONS = {"quorum_feedback", "quorum_sources", "quorum_escalate"}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with opened() as slack:
        yield slack


@pytest.fixture
def room(server: FakeSlack, tmp_path: Path) -> Iterator[SlackRoom]:
    with calmed(server, tmp_path) as found:
        yield found


def test_the_answer_takes_the_place_of_the_acknowledgement(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    acknowledged = room.messenger.acknowledge(question)
    delivered = room.messenger.deliver(acknowledged, room.answer(question, "Three [1]."))
    (shown,) = room.replies(question)

    assert delivered == acknowledged
    assert shown.shown.startswith("Three [1].")
    assert "5 of 7 samples agree" in shown.shown
    assert set(shown.actions) == BUTTONS
    assert shown.question == question.id


def test_an_answer_delivered_twice_is_one_reply(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert len(room.replies(question)) == 1


def test_the_answer_stands_in_the_thread_and_not_in_the_channel(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.deliver(question, room.answer(question, "word " * 6_000))

    assert {each.thread_ts for each in room.slack.channel(HELP) if each.ours} == {question.address.message}


@pytest.mark.parametrize(
    ("text", "language"),
    [("重做日志组至少需要两个，建议三个。" * 2_000, "zh"), ("Redo logs come in groups of three. " * 1_000, "en")],
)
def test_a_long_answer_loses_nothing_and_is_one_reply_in_parts(room: SlackRoom, text: str, language: str) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, text, language=language))  # type: ignore[arg-type]
    shown = room.replies(question)
    said = "".join(each.blocks[0]["text"] for each in shown)

    assert len(shown) > 1
    assert said.replace(" ", "") == text.replace(" ", "")
    assert [set(each.actions) for each in shown] == [set()] * (len(shown) - 1) + [BUTTONS]
    assert {each.question for each in shown} == {question.id}


def test_a_section_of_3001_characters_is_no_silence(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    titles = tuple(citation(number, title="很" * 150, url=None) for number in range(1, 30))
    answer = room.answer(question, "字" * 3_001)
    room.deliver(question, type(answer)(**{**fields(answer), "citations": titles}))

    assert room.replies(question)[-1].final


def fields(answer: object) -> dict[str, object]:
    return {name: getattr(answer, name) for name in answer.__slots__}  # type: ignore[attr-defined]


def test_a_long_link_is_never_cut(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    linked = f"[the wiki]({WIKI}) "
    room.deliver(question, room.answer(question, linked * 800))
    shown = room.replies(question)
    links = [url for each in shown for label, url in each.links if label == "the wiki"]

    assert len(shown) > 1
    assert links == [WIKI] * 800


def test_a_models_ping_reaches_nobody(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.deliver(question, room.answer(question, f"<!channel> <@{BOB}> <!subteam^S1> @here three [1]."))
    (shown,) = room.replies(question)

    assert shown.pings == []
    assert "three [1]" in shown.shown


def test_a_layout_that_slack_refuses_is_shown_as_plain_text(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    room.slack.workspace.blocks_limit = 6_000
    room.deliver(question, room.answer(question, "Three, as the handbook says [1].\n\n" * 250))
    (shown,) = room.replies(question)

    assert "as the handbook says" in shown.shown
    assert "quorum_escalate" in shown.actions


def test_a_second_part_whose_reply_is_lost_is_found_again(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    answer = room.answer(question, "word " * 6_000)
    room.slack.troubles.reset("chat.postMessage")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, answer)
    room.messenger.deliver(receipt, answer)
    shown = room.replies(question)

    assert [each.blocks[-1].get("type") for each in shown[:-1]] == ["context"] * (len(shown) - 1)
    assert sum(each.final for each in shown) == 1
    assert "".join(each.blocks[0]["text"] for each in shown).replace(" ", "") == "word" * 6_000


def test_an_edited_questions_shorter_answer_leaves_no_part_of_the_longer_one(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.messenger.deliver(receipt, room.answer(question, "word " * 6_000))
    room.messenger.deliver(receipt, room.answer(room.edited(question), "Three [1]."))
    (shown,) = room.replies(question)

    assert shown.shown.startswith("Three [1].")


def test_an_answer_whose_placeholder_was_deleted_is_posted_anew_once(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.delete(HELP, room.replies(question)[0].ts)
    room.slack.troubles.reset("chat.postMessage")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    for _ in range(2):
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    (shown,) = room.replies(question)

    assert shown.final


@pytest.mark.parametrize("text", ["Three [1].", "word " * 6_000], ids=["short", "long"])
def test_an_answer_whose_placeholder_may_not_be_edited_any_more_replaces_it(room: SlackRoom, text: str) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.workspace.edit_window_s = 0.0
    answer = room.answer(question, text)
    for _ in range(2):
        room.messenger.deliver(receipt, answer)
    shown = room.replies(question)

    assert sum(each.final for each in shown) == 1
    assert all(not each.edited for each in shown)
    assert "".join(each.blocks[0]["text"] for each in shown).strip() == text.strip() or len(shown) > 1


def test_an_answer_that_takes_longer_than_a_stream_may_live_is_shown_in_place(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.advance(900.0)
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))
    (shown,) = room.replies(question)

    assert shown.shown.startswith("Three [1].")
    assert [room.calls(method) for method in ("chat.startStream", "chat.postMessage")] == [0, 1]


@pytest.mark.parametrize("trouble", ["fail", "reset", "page"])
def test_an_answer_that_slack_did_not_take_is_shown_later(room: SlackRoom, trouble: str) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    answer = room.answer(question, "Three [1].")
    getattr(room.slack.troubles, trouble)("chat.update")
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, answer)
    room.messenger.deliver(receipt, answer)

    assert [each.final for each in room.replies(question)] == [True]


def test_a_pause_that_slack_wants_is_kept(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.troubles.limit("chat.update", 5)
    for _ in range(3):
        with pytest.raises(MessengerBusyError) as busy:
            room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert 0 < busy.value.delay_s <= 5
    assert room.calls("chat.update") == 1


def close(room: SlackRoom, how: str) -> str:
    channel = room.slack.room("C0CLOSED1", "closed", members=(ALICE,))
    match how:
        case "archived" | "read_only" | "threadless":
            setattr(channel, how, True)
        case "left":
            channel.members.discard(room.slack.workspace.bot_user)
    return channel.id


@pytest.mark.parametrize("how", ["archived", "read_only", "threadless", "left"])
def test_a_place_that_is_closed_to_us_is_no_silence(room: SlackRoom, how: str) -> None:
    channel = close(room, how)
    question = room.ask("How many redo logs?", channel=channel)
    receipt = room.messenger.acknowledge(question)
    answer = room.answer(question, "Three [1].")
    room.slack.troubles.reset("chat.postMessage", channel=room.slack.direct_channel(ALICE))
    with pytest.raises(MessengerUnavailableError):
        room.messenger.deliver(receipt, answer)
    for _ in range(2):
        receipt = room.messenger.deliver(receipt, answer)
    why, shown = room.directly()

    assert f"<#{channel}>" in why.text
    assert (shown.final, shown.question, shown.thread_ts) == (True, question.id, "")
    assert places.read(receipt).channel == room.slack.direct_channel(ALICE)
    assert room.slack.replies(channel, question.address.message) == []


def test_a_channel_that_is_archived_while_the_answer_is_made_is_no_silence(room: SlackRoom) -> None:
    channel = room.slack.room("C0SOON001", "soon", members=(ALICE,))
    question = room.ask("How many redo logs?", channel=channel.id)
    receipt = room.messenger.acknowledge(question)
    channel.archived = True
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each.final for each in room.directly()] == [False, True]


def test_a_deleted_thread_is_never_answered_in_the_channel(room: SlackRoom) -> None:
    room.slack.workspace.orphans_surface = True
    question = room.ask("How many redo logs?")
    receipt = room.messenger.acknowledge(question)
    room.slack.delete(HELP, room.replies(question)[0].ts)
    room.slack.delete(HELP, question.address.message)
    room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert [each for each in room.slack.channel(HELP) if each.ours] == []
    assert [each.final for each in room.directly()] == [False, True]


def test_nobody_else_is_answered_directly(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?", channel=room.archived())
    room.deliver(question, room.answer(question, "Three [1]."))

    assert room.directly(BOB) == []


def test_a_person_who_is_gone_is_said_to_the_operator(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?", channel=room.archived())
    receipt = room.messenger.acknowledge(question)
    room.slack.users[ALICE].deleted = True

    with pytest.raises(MessengerRefusedError) as refused:
        room.messenger.deliver(receipt, room.answer(question, "Three [1]."))

    assert refused.value.code == "channel_not_found"


def test_a_person_who_is_gone_is_still_answered_in_the_thread(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?", channel=PRIVATE)
    room.slack.users[ALICE].deleted = True
    room.deliver(question, room.answer(question, "Three [1]."))

    assert [each.final for each in room.replies(question)] == [True]


def test_a_withdrawn_question_leaves_nothing_where_it_was_answered_directly(room: SlackRoom) -> None:
    question = room.ask("How many redo logs?", channel=room.archived())
    room.deliver(question, room.answer(question, "Three [1]."))
    room.messenger.run(room.withdrawal(question))

    assert room.directly() == []
