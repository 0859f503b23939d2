"""Slack delivers too often, loses connections and tells of changes in any order: every question has one reply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import outcomes
from tests.faults.slack_asking import asked

if TYPE_CHECKING:
    from tests.faults.slack_stack import SlackInstallation, SlackStack

ASKED = asked()
EXPECTED = outcomes(ASKED)
DROPPED = 4
"""Envelopes that go with their connections; from the first one on: a slow machine has heard all before it answers."""

pytestmark = pytest.mark.timeout(180)


def test_events_that_come_four_times_and_in_two_kinds_are_answered_once(slack_installation: SlackInstallation) -> None:
    with slack_installation.running() as stack:
        stack.slack.deliveries.copies = 4
        with stack.asked(ASKED) as asker:
            pass
        sight = stack.sight(asker)
        stack.show("each event delivered 4 times and in 2 kinds", sight, attempts=attempts(stack))

    assert attempts(stack) >= 4 * len(ASKED)
    assert sight.whole
    assert sight.tally.outcomes == EXPECTED


def test_sockets_that_are_renewed_and_cut_in_mid_flight_lose_nothing(slack_installation: SlackInstallation) -> None:
    with replace(slack_installation, is_socket=True).running() as stack:
        sockets = stack.slack.sockets
        sockets.drop_next = DROPPED
        with stack.asked(ASKED, pace_s=0.3) as asker:
            for number in range(2):
                stack.reached(2 + 4 * number)
                stack.slack.refresh_sockets()
                stack.reached(4 + 4 * number)
                stack.slack.cut_sockets()
        sight = stack.sight(asker)
        stack.show("sockets renewed, cut, and dropped with an envelope", sight, connections=sockets.connected)

    assert sockets.connected >= 5
    assert sockets.drop_next == 0
    assert sight.whole
    assert sight.tally.outcomes == EXPECTED


def attempts(stack: SlackStack) -> int:
    """Return how often people's messages were delivered, in all."""
    people = stack.slack.workspace.bot_user
    return sum(len(each.attempts) for each in stack.slack.deliveries.log if each.payload["event"].get("user") != people)
