"""Slack fails, loses replies, wants fewer calls and goes away: every question has one reply, in its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import outcomes
from tests.faults.keeping import rest
from tests.faults.processes import PATIENT
from tests.faults.slack_asking import FULL, ROOMS, asked

if TYPE_CHECKING:
    from tests.faults.slack_stack import SlackInstallation

ASKED = asked()
EXPECTED = outcomes(ASKED)
LOST = 20 if FULL else 6
DOWN_S = 20.0 if FULL else 8.0
LIMITED_S = 5.0
LIMITED = ("chat.update", "conversations.replies", "conversations.info", "users.info", "usergroups.list")

pytestmark = pytest.mark.timeout(240)


def test_posts_whose_replies_are_lost_are_found_and_not_posted_again(slack_installation: SlackInstallation) -> None:
    with slack_installation.running(**PATIENT) as stack:
        stack.slack.troubles.reset("chat.postMessage", LOST)
        with stack.asked(ASKED) as asker:
            pass
        sight = stack.sight(asker)
        stack.show(f"chat.postMessage reset after storing, {LOST} times", sight)

    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_edits_that_fail_and_whose_replies_are_lost_are_done_again(slack_installation: SlackInstallation) -> None:
    with slack_installation.running(**PATIENT) as stack:
        for trouble in (stack.slack.troubles.reset, stack.slack.troubles.fail):
            trouble("chat.update", LOST // 2)
        with stack.asked(ASKED) as asker:
            stack.reached(len(ASKED) // 2)
            for trouble in (stack.slack.troubles.reset, stack.slack.troubles.fail):
                trouble("chat.update", LOST // 2)
        sight = stack.sight(asker)
        stack.show(f"chat.update lost {LOST} times, and 500 {LOST} times", sight)

    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_a_slack_that_wants_fewer_calls_is_left_alone_for_as_long(slack_installation: SlackInstallation) -> None:
    with slack_installation.running(**PATIENT) as stack:
        troubles = stack.slack.troubles
        troubles.tiers = True
        with stack.asked(ASKED, pace_s=0.3) as asker:
            stack.reached(2)
            for method in LIMITED:
                troubles.limit(method, LIMITED_S)
            for channel in ROOMS:
                troubles.limit("chat.postMessage", LIMITED_S, channel)
        sight = stack.sight(asker, 150.0)
        limited = [each for each in stack.slack.requests if each.status == 429]
        stack.show("429 for 5 s, and the quotas of the tiers", sight, limited=len(limited), early=len(troubles.early))

    assert limited
    assert troubles.early == []
    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_questions_wait_for_a_slack_that_is_down(slack_installation: SlackInstallation) -> None:
    with slack_installation.running(**PATIENT) as stack:
        with stack.asked(ASKED, pace_s=0.3) as asker:
            stack.reached(3)
            stack.slack.down()
            rest(DOWN_S)
            stack.slack.up()
        sight = stack.sight(asker)
        stack.show(f"Slack down for {DOWN_S:g} s", sight)

    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED
