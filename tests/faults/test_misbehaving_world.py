"""The model, the platform, the clock and the deliveries misbehave: every question is answered once all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import Said
from tests.faults.asking import messages, outcomes
from tests.faults.keeping import rest
from tests.faults.stack import PATIENT

if TYPE_CHECKING:
    from tests.faults.stack import Installation

DOWN_S = 20.0
HOUR_S = 3600.0
SLOW_S = 5.0
"""Longer than the model is waited for, which is 3 s here."""

EXPECTED = outcomes(messages())

pytestmark = pytest.mark.timeout(180)


def test_questions_wait_for_a_model_that_is_down(installation: Installation) -> None:
    with installation.running(**PATIENT) as stack:
        with stack.asked(messages()) as asker:
            stack.reached(5)
            stack.model.down()
            rest(DOWN_S)
            stack.model.up()
        tally = stack.tally(asker)
        stack.report("model down for 20 s", tally)

    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_model_that_answers_errors_and_garbage_is_asked_again(installation: Installation) -> None:
    with installation.running(**PATIENT) as stack:
        stack.model.troubles.extend(
            [
                Said(429, headers={"Retry-After": "1"}),
                Said(500),
                Said(value=b"garbage"),
                Said(value={"choices": []}),
                Said(lost=True),
                SLOW_S,
            ]
            * 8
        )
        with stack.asked(messages()) as asker:
            pass
        tally = stack.tally(asker)
        stack.report("model answers 429, 500, garbage, nothing and too late", tally)

    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_message_that_is_delivered_four_times_and_in_another_order_is_answered_once(
    installation: Installation,
) -> None:
    with installation.running() as stack:
        with stack.asked(messages(), times=4) as asker:
            pass
        tally = stack.tally(asker)
        stack.report("each delivery repeated 4 times and shuffled", tally)

    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_clock_that_jumps_by_an_hour_forwards_and_backwards_does_no_harm(installation: Installation) -> None:
    with installation.running() as stack:
        with stack.asked(messages()) as asker:
            for number, off_s in enumerate((HOUR_S, -HOUR_S, 0.0), 1):
                stack.reached(8 * number)
                stack.shift_clock(off_s)
        tally = stack.tally(asker)
        stack.report("clock one hour forwards, two back, one forwards", tally)

    assert tally.whole
    assert tally.outcomes == EXPECTED


def test_a_platform_that_fails_and_whose_replies_are_lost_shows_every_answer_once(installation: Installation) -> None:
    with installation.running(**PATIENT) as stack:
        stack.platform.troubles.extend(["503", "", "lost", "", "429", "", "lost"] * 15)
        with stack.asked(messages()) as asker:
            pass
        tally = stack.tally(asker)
        stack.report("platform answers 503 and 429, and its replies are lost", tally)

    assert tally.whole
    assert tally.outcomes == EXPECTED
