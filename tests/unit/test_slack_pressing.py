"""Shortcuts, commands, buttons and the home tab: what people press, and what they see at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import metrics
from bot.conversation.answers import AnswerBook
from bot.types import Answer
from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack_reception import CITED, Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=(0.1, 0.2)) as slack, reception(tmp_path, slack) as found:
        yield found


def press(desk: Reception, ts: str, action: str, value: str | None = None, user: str = ALICE) -> int:
    return desk.slack.click(desk.slack.one(HELP, ts), action, value, user).status


def home(desk: Reception) -> str:
    """Open the home tab, and return what it shows."""
    desk.slack.workspace.homes.pop(ALICE, None)
    desk.slack.home(ALICE)
    return str(until(lambda: desk.slack.workspace.homes.get(ALICE), "the home tab")["blocks"])


def test_a_shortcut_asks_about_another_bots_message_and_engages_its_thread(desk: Reception) -> None:
    ts = desk.slack.other_bot(HELP, "alert: ORA-01555")
    desk.slack.shortcut("quorum_ask", HELP, ts, BOB)
    desk.slack.settle()
    desk.slack.message(HELP, BOB, "how to fix it?", ts)

    assert desk.asked == ["alert: ORA-01555", "how to fix it?"]
    assert desk.questions[0].address.user == BOB
    assert desk.questions[0].details["via"] == "shortcut"


def test_ask_is_answered_through_its_response_url_in_a_lane_of_its_own(desk: Reception) -> None:
    replies = [desk.slack.slash("/ask", "why?") for _ in range(2)]

    assert [(each.status, each.body) for each in replies] == [(200, b"")] * 2
    assert desk.asked == ["why?", "why?"]
    first, second = desk.questions
    assert first.address.lane != second.address.lane
    assert first.address.thread == first.id
    assert first.details["response_url"].startswith("http")
    assert desk.acknowledged == []


def test_help_answers_at_once_and_names_ask(desk: Reception) -> None:
    reply = desk.slack.slash("/quorum", "help")

    assert reply.status == 200
    assert "/ask" in desk.slack.whispers(ALICE)[0].shown
    assert desk.questions == []


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("status", "wait for an answer"),
        ("状态", "等待回答"),
        ("sources", "handbook"),
        ("forget", "no longer keep"),
        ("stop", "Write stop"),
        ("human", "Ask me something first"),
        ("帮助", "如何提问"),
        ("", "How to ask"),
    ],
)
def test_every_command_answers_at_once_in_the_language_it_was_typed_in(desk: Reception, typed: str, part: str) -> None:
    desk.slack.slash("/quorum", typed)

    assert part in desk.slack.whispers(ALICE)[0].shown


@pytest.mark.parametrize(
    ("written", "said"), [("/help", "help"), ("/quorum status", "status"), ("帮助", "help"), ("/sources", "sources")]
)
def test_a_written_command_is_answered_in_the_thread(desk: Reception, written: str, said: str) -> None:
    ts = desk.slack.direct(ALICE, written)

    assert desk.errands == [("say", said)]
    assert desk.questions[0].id == desk.id(desk.slack.direct_channel(ALICE), ts)


def test_what_somebody_asked_is_forgotten_on_demand(desk: Reception) -> None:
    desk.slack.direct(ALICE, "why?")
    desk.slack.settle()
    until(lambda: "why?" in home(desk), "the question on the home tab")
    desk.slack.slash("/quorum", "forget")

    assert "why?" not in home(desk)


def count(value: str) -> float:
    return float(metrics.FEEDBACK.labels("slack", value)._value.get())


def test_the_same_click_twice_counts_once_and_a_change_of_mind_replaces_it(desk: Reception) -> None:
    ts = desk.show("a1")
    good, bad = count("good"), count("bad")
    statuses = [press(desk, ts, "quorum_feedback", value) for value in ("a1:1", "a1:1", "a1:0")]

    assert statuses == [200] * 3
    assert (count("good") - good, count("bad") - bad) == (1, 0)
    assert desk.store.get(f"slack-feedback:a1:{ALICE}") == b"bad"


def test_two_people_are_two_verdicts(desk: Reception) -> None:
    ts = desk.show("a1")
    bad = count("bad")
    for user in (ALICE, BOB):
        press(desk, ts, "quorum_feedback", "a1:0", user)

    assert count("bad") - bad == 2


def test_sources_open_in_a_modal_with_what_the_answer_cites(desk: Reception) -> None:
    AnswerBook(desk.store, 60.0).save(Answer("a1", "a1", "answered", "There.", "en", citations=(CITED,)))
    ts = desk.show("a1")
    press(desk, ts, "quorum_sources")
    modal = until(lambda: desk.slack.workspace.modals.get(ALICE), "the modal")

    assert "Ask in the post room." in str(modal["blocks"])


def test_a_human_is_asked_once_however_often_the_button_is_pressed(desk: Reception) -> None:
    root = desk.slack.mention(HELP, BOB, "why?")
    desk.slack.settle()
    question = desk.questions[0]
    desk.answer(question.id)
    ts = desk.show(question.id)
    for _ in range(3):
        press(desk, ts, "quorum_escalate")

    errands = [each for each in desk.questions if each.task == "escalate"]
    assert [(each.id, each.text, each.address.message) for each in errands] == [(f"human-{question.id}", "why?", root)]
    assert errands[0].details["asker"] == BOB
    assert errands[0].details["clicked"] == ts


def test_a_comparison_is_asked_for_once_in_the_thread_of_its_question(desk: Reception) -> None:
    root = desk.slack.mention(HELP, BOB, "why?")
    desk.slack.settle()
    question = desk.questions[0]
    desk.answer(question.id)
    ts = desk.show(question.id)
    for _ in range(3):
        press(desk, ts, "quorum_compare")

    (compared,) = [each for each in desk.questions if each.task == "compare"]
    assert (compared.id, compared.text) == (f"compare-{question.id}", "why?")
    assert (compared.address.thread, compared.reply_id) == (root, compared.id)


def test_what_is_no_longer_kept_is_compared_without_a_text(desk: Reception) -> None:
    press(desk, desk.show("gone"), "quorum_compare")

    assert [(each.id, each.text) for each in desk.questions] == [("compare-gone", "")]


def test_a_written_call_for_a_human_is_about_the_threads_last_question(desk: Reception) -> None:
    root = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    until(lambda: desk.store.get(f"slack-last:{desk.slack.workspace.team}:{HELP}:{root}"), "the last question")
    desk.slack.message(HELP, BOB, "/human", root)

    assert desk.errands == [("escalate", "why?")]


def test_a_command_calls_a_human_for_the_persons_last_question(desk: Reception) -> None:
    desk.slack.direct(ALICE, "why?")
    desk.slack.settle()
    until(lambda: desk.store.get(f"slack-recent:{desk.slack.workspace.team}:{ALICE}"), "the last question")
    desk.slack.slash("/quorum", "human")

    assert desk.errands == [("escalate", "why?")]
    assert "human colleague" in desk.slack.whispers(ALICE)[0].shown


def test_what_stands_behind_the_command_goes_to_a_human_as_it_is(desk: Reception) -> None:
    desk.slack.slash("/quorum", "human 打印机一直卡纸，怎么办？")

    assert desk.errands == [("escalate", "打印机一直卡纸，怎么办？")]
    assert desk.questions[0].details["response_url"].startswith("http")
    assert "您的问题将转给人工同事" in desk.slack.whispers(ALICE)[0].shown


def test_the_home_tab_shows_how_to_ask_what_there_is_and_what_one_asked(desk: Reception) -> None:
    desk.slack.direct(ALICE, "why is <!channel> down?")
    desk.slack.settle()
    text = until(lambda: found if "why is" in (found := home(desk)) else "", "the home tab")

    assert all(each in text for each in ("How to ask", "handbook", "7 documents", "in progress"))
    assert "<!channel>" not in text


def test_the_home_tab_speaks_the_persons_language(desk: Reception) -> None:
    desk.slack.home(BOB)

    assert "如何提问" in str(until(lambda: desk.slack.workspace.homes.get(BOB), "the home tab"))


def test_an_empty_conversation_gets_suggestions(desk: Reception) -> None:
    desk.slack.home(BOB, "messages")
    started = desk.slack.assistant(ALICE)
    bobs, alices = desk.slack.direct_channel(BOB), desk.slack.direct_channel(ALICE)
    prompts = desk.slack.workspace.prompts

    assert until(lambda: prompts.get((bobs, "")), "suggestions")[0]["message"] == "帮助"
    assert until(lambda: prompts.get((alices, started)), "suggestions")[0]["message"] == "help"
