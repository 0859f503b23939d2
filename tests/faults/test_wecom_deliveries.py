"""WeCom tells everything three times and loses our replies: every question has one answer, in its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import outcomes
from tests.faults.wecom_asking import asked

if TYPE_CHECKING:
    from tests.faults.wecom_stack import WecomStack

ASKED = asked()
COPIES = 3
LOST = 2 * COPIES

pytestmark = pytest.mark.timeout(240)


def test_messages_that_are_told_three_times_are_answered_once(wecom_stack: WecomStack) -> None:
    deliveries, gateway = wecom_stack.wecom.deliveries, wecom_stack.wecom.gateway
    before = len(deliveries.log)
    deliveries.copies, deliveries.lose, gateway.copies = COPIES, LOST, COPIES
    try:
        with wecom_stack.asked(ASKED) as asker:
            pass
        sight = wecom_stack.sight(asker)
    finally:
        deliveries.copies, deliveries.lose, gateway.copies = 1, 0, 1
    messages = [each for each in deliveries.log[before:] if not each.poll]
    attempts = sum(len(each.attempts) for each in messages)
    wecom_stack.show("each message told 3 times, and replies lost", asker, sight, attempts=attempts)

    assert attempts >= COPIES * len(messages) > 0
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)
