"""Receivers, workers and Redis die with twenty questions of Slack in flight: every question has one reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.faults.asking import outcomes
from tests.faults.killing import Kill
from tests.faults.slack_asking import asked

if TYPE_CHECKING:
    from scripts.services.redis import Redis
    from tests.faults.slack_stack import SlackInstallation, SlackStack

IN_FLIGHT, LATE = 20, 4
ASKED = asked(IN_FLIGHT + 2 + LATE)
EXPECTED = outcomes(ASKED)
FEW = asked()
MODEL_S = 0.5
BETWEEN = (
    Kill("slack.ask", every=5, times=1, text="'chat.postMessage')"),
    Kill("slack.ask", every=4, times=1, text="quorum_feedback"),
)
"""After an acknowledgement was posted, before that is known; and after an answer was shown, before that is recorded."""


pytestmark = pytest.mark.timeout(240)


def in_flight(stack: SlackStack) -> int:
    """Wait until that many questions are asked and not answered, and return how many are."""
    return until(lambda: found if (found := stack.unfinished()) >= IN_FLIGHT else None, "questions in flight", 60)


def test_a_receiver_that_is_killed_with_questions_in_flight_takes_each_once(
    slack_installation: SlackInstallation,
) -> None:
    with slack_installation.running(delay_s=MODEL_S) as stack:
        with stack.asked(ASKED[:-LATE], pace_s=0.0) as asker:
            waiting = in_flight(stack)
            stack.server.kill()
            asker.ask(ASKED[-LATE:])
        sight = stack.sight(asker)
        stack.show("kill -9 of the receiver", sight, in_flight=waiting)

    assert stack.server.starts >= 2
    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_workers_that_are_killed_with_questions_in_flight_answer_each_once(slack_engines: SlackInstallation) -> None:
    with slack_engines.running(delay_s=MODEL_S) as stack:
        with stack.asked(ASKED, pace_s=0.0) as asker:
            waiting = in_flight(stack)
            for worker in stack.workers:
                worker.kill()
            stack.reached(2)
            stack.workers[0].kill()
        sight = stack.sight(asker)
        stack.show("kill -9 of all workers, then of one", sight, in_flight=waiting)

    assert sum(worker.starts for worker in stack.workers) >= 5
    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_questions_in_flight_outlive_a_restart_of_redis(slack_engines: SlackInstallation, own_redis: Redis) -> None:
    with slack_engines.running(delay_s=MODEL_S) as stack:
        with stack.asked(ASKED[:-LATE], pace_s=0.0) as asker:
            waiting = in_flight(stack)
            own_redis.kill()
            asker.ask(ASKED[-LATE:])
            own_redis.start()
        sight = stack.sight(asker)
        stack.show("Redis killed and restarted", sight, in_flight=waiting)

    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == EXPECTED


def test_what_was_posted_before_a_death_is_found_and_not_posted_again(slack_installation: SlackInstallation) -> None:
    with slack_installation.running(*BETWEEN) as stack:
        with stack.asked(FEW) as asker:
            pass
        sight = stack.sight(asker)
        stack.show("killed between posting and recording", sight, killed=stack.reaper.killed())

    assert stack.reaper.killed() == len(BETWEEN)
    assert sight.whole
    assert not sight.twice
    assert sight.tally.outcomes == outcomes(FEW)
