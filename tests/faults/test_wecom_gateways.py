"""Who holds the long connection dies, or somebody else takes it: every question has one answer, in its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom.subscriber import Subscriber
from tests.faults.asking import outcomes
from tests.faults.keeping import rest
from tests.faults.wecom_asking import AI_BOT, asked
from tests.faults.wecom_stack import PARTED_S, SOCKETS

if TYPE_CHECKING:
    from tests.faults.wecom_stack import WecomStack

IN_FLIGHT, LATE = 20, 2
ASKED = asked(IN_FLIGHT + 3 + LATE)
FEW = asked(6)

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.parametrize("wecom_stack", SOCKETS, indirect=True),
]


def test_a_standby_takes_over_from_a_gateway_that_is_killed_with_questions_in_flight(wecom_stack: WecomStack) -> None:
    holder = wecom_stack.holder()
    with wecom_stack.asked_and_held(ASKED[:-LATE]) as asker:
        waiting = wecom_stack.in_flight(asker)
        with holder.down():
            until(lambda: wecom_stack.wecom.gateway.live is None, "the end of its connection")
            asker.ask(ASKED[-LATE:])
            successor = wecom_stack.holder()
    sight = wecom_stack.sight(asker)
    wecom_stack.show("kill -9 of the gateway, standby takes over", asker, sight, in_flight=waiting)

    assert waiting >= IN_FLIGHT
    assert successor is not holder
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


def test_nothing_fights_with_a_foreign_gateway_and_what_was_asked_is_answered_later(wecom_stack: WecomStack) -> None:
    gateway = wecom_stack.wecom.gateway
    with wecom_stack.asked_and_held(FEW, AI_BOT) as asker:
        pass
    with Subscriber(wecom_stack.wecom):
        subscribed = gateway.subscribed
        rest(PARTED_S - 1.0)
        fought = gateway.subscribed - subscribed
    sight = wecom_stack.sight(asker)
    wecom_stack.show("a foreign gateway for a while, disconnected_event", asker, sight, fought=fought)

    assert fought == 0
    assert sight.whole
    assert sight.tally.outcomes == outcomes(FEW)
