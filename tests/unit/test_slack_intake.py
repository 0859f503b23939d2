"""Which messages are questions, in which threads we take part, and that nobody waits for Slack."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP, PRIVATE
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Attachment


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=(0.1, 0.2)) as slack, reception(tmp_path, slack) as found:
        yield found


def test_a_mention_and_its_message_are_one_question_in_its_own_thread(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "为什么？")
    asked = desk.asked
    question = desk.questions[0]

    assert asked == ["为什么？"]
    assert (question.id, question.language, question.asked_at) == (desk.id(HELP, ts), "zh", float(ts))
    assert (question.address.platform, question.address.conversation, question.address.user) == ("slack", HELP, ALICE)
    assert (question.address.thread, question.address.message) == (ts, ts)
    assert question.details["via"] == "mention"
    assert question.details["team"] == desk.slack.workspace.team


@pytest.mark.parametrize("text", ["为什么？", "why?", "why", "？", "ORA-01555"])
def test_a_chinese_question_mark_is_as_good_as_none_at_all(desk: Reception, text: str) -> None:
    desk.slack.direct(ALICE, text)

    assert desk.asked == [text]


def test_a_second_question_in_a_thread_is_a_question_of_its_own(desk: Reception) -> None:
    root = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    for text in ("and then?", "and then?", "really?"):
        desk.slack.message(HELP, BOB, text, root)

    assert sorted(desk.asked) == sorted(["why?", "and then?", "and then?", "really?"])
    assert {each.address.thread for each in desk.questions} == {root}
    assert [each.details["via"] for each in desk.questions][1:] == ["thread"] * 3


def test_channel_talk_and_threads_without_us_are_left_alone(desk: Reception) -> None:
    root = desk.slack.message(HELP, ALICE, "lunch?")
    desk.slack.message(HELP, BOB, "yes!", root)

    assert desk.asked == []


def test_other_bots_and_our_own_messages_are_never_answered(desk: Reception) -> None:
    root = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    desk.slack.other_bot(HELP, f"<@{desk.slack.workspace.bot_user}> alert", root)
    desk.show("a1")

    assert desk.asked == ["why?"]


def test_a_mention_inside_code_is_none(desk: Reception) -> None:
    desk.slack.message(HELP, ALICE, f"```\n<@{desk.slack.workspace.bot_user}> why?\n```")

    assert desk.asked == []


def test_other_peoples_mentions_stay_in_the_question(desk: Reception) -> None:
    desk.slack.mention(HELP, ALICE, f"what did <@{BOB}> mean?")

    assert BOB in desk.asked[0]


def test_direct_messages_and_private_channels_are_told_apart(desk: Reception) -> None:
    desk.slack.direct(ALICE, "why?")
    desk.slack.settle()
    desk.slack.deliveries.subscribed.discard("app_mention")
    desk.slack.mention(PRIVATE, ALICE, "how?")

    assert desk.asked == ["why?", "how?"]
    assert [(each.details["via"], each.details["room"]) for each in desk.questions] == [
        ("direct", "im"),
        ("mention", "group"),
    ]


def test_a_channel_that_others_read_is_marked_as_external(desk: Reception) -> None:
    desk.slack.channels[HELP].external = True
    desk.slack.mention(HELP, ALICE, "why?")

    assert desk.asked
    assert desk.questions[0].details["external"] == "1"


def test_every_file_beside_a_question_goes_along(desk: Reception) -> None:
    files = [desk.slack.file(name, b"ORA-01555", mimetype="text/plain") for name in ("a.log", "b.log")]
    desk.slack.direct(ALICE, "", files=files)

    assert desk.asked == [""]
    kept: tuple[Attachment, ...] = desk.questions[0].attachments
    assert [(each.name, each.media_type, each.size, each.kind) for each in kept] == [
        ("a.log", "text/plain", 9, ""),
        ("b.log", "text/plain", 9, ""),
    ]
    assert all(each.url.startswith("http") for each in kept)


def test_a_new_question_is_acknowledged_early_without_being_waited_for(desk: Reception) -> None:
    desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()

    assert [each.text for each in until(lambda: desk.acknowledged, "the acknowledgement")] == ["why?"]


def test_stop_ends_our_part_in_a_thread_until_the_next_mention(desk: Reception) -> None:
    root = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()
    desk.slack.message(HELP, ALICE, "stop", root)
    desk.slack.settle()
    desk.slack.message(HELP, ALICE, "talk among ourselves", root)
    desk.slack.settle()
    desk.slack.mention(HELP, ALICE, "one more", root)
    desk.slack.settle()
    desk.slack.message(HELP, ALICE, "and more", root)

    assert desk.asked == ["why?", "one more", "and more"]
    assert desk.errands == [("say", "stop")]


def test_an_empty_mention_is_told_how_to_ask_and_may_ask_in_the_thread(desk: Reception) -> None:
    root = desk.slack.mention(HELP, ALICE, "")
    desk.slack.settle()
    desk.slack.message(HELP, ALICE, "why?", root)

    assert desk.errands == [("say", "empty")]
    assert desk.asked == ["why?"]


def test_slack_being_down_costs_no_question(desk: Reception) -> None:
    desk.slack.direct(ALICE, "first?")
    desk.slack.settle()
    desk.slack.troubles.fail("*", 50)
    desk.slack.home(ALICE)
    desk.slack.direct(ALICE, "why?")

    assert desk.asked == ["first?", "why?"]


def test_a_slow_acknowledgement_delays_nobody(tmp_path: Path) -> None:
    over = threading.Event()
    with (
        FakeSlack(retries_s=()) as slack,
        reception(tmp_path, slack, acknowledge=lambda _: over.wait(20)) as desk,
    ):
        for number in range(30):
            slack.direct(ALICE, f"why {number}?")
        taken = len(desk.asked)
        over.set()

        assert taken == 30
