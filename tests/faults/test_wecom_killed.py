"""Receivers and workers die with twenty questions of WeCom in flight: every question has one answer, in its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import outcomes
from tests.faults.killing import Kill
from tests.faults.wecom_asking import asked
from tests.faults.wecom_stack import CALLBACKS, ENGINES

if TYPE_CHECKING:
    from tests.faults.wecom_stack import WecomInstallation, WecomStack

IN_FLIGHT, LATE = 20, 2
ASKED = asked(IN_FLIGHT + 3 + LATE)
FEW = asked(9)
BETWEEN = (
    Kill("wecom.post", every=3, times=1, text="'message/send'"),
    Kill("wecom.send", every=1, times=1, text="'finish': True"),
)
"""After the app's message was sent and after a stream was ended over the long connection, before that is recorded."""

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("wecom_stack", CALLBACKS, indirect=True)
def test_a_receiver_that_is_killed_between_two_polls_goes_on_with_its_streams(wecom_stack: WecomStack) -> None:
    starts = wecom_stack.server.starts
    with wecom_stack.asked_and_held(ASKED[:-LATE]) as asker:
        waiting = wecom_stack.in_flight(asker)
        polled = sum(each.poll for each in wecom_stack.wecom.deliveries.log)
        wecom_stack.server.kill()
        asker.ask(ASKED[-LATE:])
    sight = wecom_stack.sight(asker)
    polled = sum(each.poll for each in wecom_stack.wecom.deliveries.log) - polled
    wecom_stack.show("kill -9 of the receiver between two polls", asker, sight, in_flight=waiting, polls=polled)

    assert waiting >= IN_FLIGHT
    assert wecom_stack.server.starts > starts
    assert polled
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


@pytest.mark.parametrize("wecom_stack", ENGINES, indirect=True)
def test_workers_that_are_killed_with_questions_in_flight_answer_each_once(wecom_stack: WecomStack) -> None:
    starts = sum(worker.starts for worker in wecom_stack.workers)
    with wecom_stack.asked_and_held(ASKED) as asker:
        waiting = wecom_stack.in_flight(asker)
        for worker in wecom_stack.workers:
            worker.kill()
    wecom_stack.reached(asker, 2)
    wecom_stack.workers[0].kill()
    sight = wecom_stack.sight(asker)
    wecom_stack.show("kill -9 of all workers, then of one", asker, sight, in_flight=waiting)

    assert waiting >= IN_FLIGHT
    assert sum(worker.starts for worker in wecom_stack.workers) >= starts + 3
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


def test_what_was_sent_before_a_death_is_not_sent_again(wecom_embedded: WecomInstallation) -> None:
    with wecom_embedded.running(*BETWEEN) as stack:
        with stack.asked(FEW) as asker:
            pass
        sight = stack.sight(asker)
        stack.show("killed between sending and recording", asker, sight, killed=stack.reaper.killed())

    assert stack.reaper.killed() == len(BETWEEN)
    assert sight.whole
    assert sight.tally.outcomes == outcomes(FEW)
