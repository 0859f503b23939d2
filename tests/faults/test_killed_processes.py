"""Processes die at any point of a question's life: every question is answered once, in the order of its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes import rooms
from tests.faults.asking import messages, outcomes
from tests.faults.keeping import rest
from tests.faults.killing import HANGS_S, Kill

if TYPE_CHECKING:
    from tests.faults.stack import Installation

POINTS = {
    "killed after the claim": Kill("ledger.open"),
    "killed after submit": Kill("accept"),
    "killed in the middle of sampling": Kill("model.sample", "during"),
    "killed after the vote": Kill("bot.answer"),
    "killed after the acknowledgement was posted, before it was stored": Kill("messenger.acknowledge"),
    "killed before the reply was posted": Kill("messenger.deliver", "before"),
    "killed after the reply was posted, before it was recorded": Kill("messenger.deliver"),
}

HANGS = {
    "hung in the middle of sampling": Kill("model.sample", "before", how="hang"),
    "hung while it showed progress": Kill("messenger.progress", "before", every=25, how="hang"),
    "hung before the reply was posted": Kill("messenger.deliver", "before", how="hang"),
}
EXPECTED = outcomes(messages())
STARTS_S = 150.0
"""Six starts of a process one after the other, and the leases of those that died."""

pytestmark = pytest.mark.timeout(280)


@pytest.mark.parametrize("fault", POINTS)
def test_a_process_killed_at_any_point_loses_nothing_and_doubles_nothing(
    installation: Installation, fault: str
) -> None:
    with installation.running(POINTS[fault]) as stack:
        with stack.asked(messages()) as asker:
            pass
        tally = stack.tally(asker)
        stack.report(fault, tally, killed=stack.reaper.killed())

    assert stack.reaper.killed() == POINTS[fault].times
    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_killed_child_of_a_worker_is_replaced_and_its_question_answered(engines: Installation) -> None:
    kill = Kill("bot.answer", how="alone")
    with engines.running(kill) as stack:
        with stack.asked(messages()) as asker:
            pass
        tally = stack.tally(asker)
        stack.report("one child of a worker killed after the vote", tally, killed=stack.reaper.killed())

    assert stack.reaper.killed() == kill.times
    assert [worker.starts for worker in stack.workers] == [1, 1]
    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_question_that_kills_its_process_each_time_is_stopped_and_the_others_are_answered(
    installation: Installation,
) -> None:
    kills = [Kill("bot.answer", "before", every=1, times=99, text=name, how="alone") for name in rooms.POISON]
    asked = messages(extra=rooms.about(rooms.POISON)[:2])
    with installation.running(*kills) as stack:
        with stack.asked(asked) as asker:
            pass
        tally = stack.tally(asker, STARTS_S)
        stack.report("a question that kills its process each time", tally, killed=stack.reaper.killed())

    assert stack.reaper.killed() >= 2
    assert tally.whole
    assert tally.outcomes == outcomes(asked)


def test_a_process_that_is_asked_to_end_finishes_or_returns_what_it_has_in_hand(installation: Installation) -> None:
    with installation.running() as stack:
        with stack.asked(messages()) as asker:
            stack.reached(8)
            for process in stack.answering:
                process.terminate()
        tally = stack.tally(asker)
        stack.report("asked to end in the middle", tally)

        assert [process.statuses for process in stack.answering] == [[0]] * len(stack.answering)
        assert tally.whole
        assert tally.outcomes == EXPECTED


@pytest.mark.parametrize("fault", HANGS)
def test_a_worker_that_hangs_longer_than_its_lease_does_no_harm_when_it_goes_on(
    engines: Installation, fault: str
) -> None:
    with engines.running(HANGS[fault]) as stack:
        with stack.asked(messages()) as asker:
            pass
        stack.reached(len(messages()))
        rest(HANGS_S)  # until whatever hung goes on, at the latest
        tally = stack.tally(asker)
        stack.report(fault, tally, hung=stack.reaper.killed())

    assert stack.reaper.killed() == HANGS[fault].times
    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_server_that_is_killed_while_people_repeat_their_messages_takes_each_once(
    installation: Installation,
) -> None:
    with installation.running() as stack:
        with stack.asked(messages(), times=3) as asker:
            for number in range(3):
                stack.reached(6 * (number + 1))
                stack.server.kill()
        tally = stack.tally(asker)
        stack.report("server killed while messages are repeated", tally, repeated=asker.repeated)

    assert stack.server.starts >= 3
    assert tally.whole
    assert tally.outcomes == EXPECTED
