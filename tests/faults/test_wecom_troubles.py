"""WeCom ends tokens, is busy, wants fewer calls, and loses what it said: every question has one answer, in its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import outcomes
from tests.faults.wecom_asking import AI_BOT, FULL, asked
from tests.faults.wecom_stack import CALLBACKS, SOCKETS

if TYPE_CHECKING:
    from tests.faults.wecom_stack import WecomStack

ASKED = asked(9)
TIMES = 12 if FULL else 4
LIMITED_S = 5.0
SEND, RESPOND, PUSH, URL = "message/send", "aibot_respond_msg", "aibot_send_msg", "aibot/response"
LATE_S = 340.0
"""A stream ends with a notice after 330 seconds, and for WeCom after 360."""

pytestmark = pytest.mark.timeout(240)


def test_an_access_token_that_ends_in_mid_answer_is_renewed_and_no_more(wecom_stack: WecomStack) -> None:
    tokens, half = wecom_stack.wecom.tokens, len(ASKED) // 2
    before = len(tokens.issued)
    for end, messages in ((tokens.expire, ASKED[:half]), (tokens.revoke, ASKED[half:])):
        with wecom_stack.asked_and_held(messages, ("app",)) as asker:
            end()
        sight = wecom_stack.sight(asker)
        issued = len(tokens.issued) - before
        wecom_stack.show(f"access token: {end.__name__} in mid-answer", asker, sight, tokens=issued)

        assert sight.whole
        assert sight.tally.outcomes == outcomes(messages)

    assert 2 <= issued <= 3


def test_a_wecom_that_wants_fewer_calls_is_left_alone_for_a_while(wecom_stack: WecomStack) -> None:
    troubles, before = wecom_stack.wecom.troubles, len(wecom_stack.wecom.requests)
    with wecom_stack.asked(ASKED, pace_s=0.2) as asker:
        wecom_stack.reached(asker, 2)
        for method in (SEND, RESPOND):
            troubles.refuse(method, 45009, seconds=LIMITED_S)
    sight = wecom_stack.sight(asker)
    limited = [each.path for each in wecom_stack.wecom.requests[before:] if each.code == 45009]
    wecom_stack.show(f"errcode 45009 for {LIMITED_S:g} s", asker, sight, limited=len(limited))

    assert limited.count(SEND) in range(1, 6), "at most five calls in six seconds"
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


def test_what_was_said_to_a_busy_wecom_is_said_again_and_stands_once(wecom_stack: WecomStack) -> None:
    with wecom_stack.asked(ASKED, pace_s=0.2) as asker:
        wecom_stack.taken(asker, 1)
        for method in (SEND, RESPOND):
            for is_stored in (False, True):
                wecom_stack.wecom.troubles.refuse(method, -1, TIMES // 2, stored=is_stored)
    sight = wecom_stack.sight(asker)
    wecom_stack.show(f"errcode -1, {TIMES} times", asker, sight)

    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


def test_connections_that_are_reset_after_a_message_was_accepted_double_nothing(wecom_stack: WecomStack) -> None:
    troubles = wecom_stack.wecom.troubles
    with wecom_stack.asked_and_held(ASKED) as asker:
        troubles.reset(SEND, TIMES // 2)
        troubles.cut(RESPOND, 2)
    sight = wecom_stack.sight(asker)
    troubles.calm()
    wecom_stack.show("connection reset after a message was accepted", asker, sight)

    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


@pytest.mark.parametrize("wecom_stack", SOCKETS, indirect=True)
def test_a_long_connection_that_is_dropped_in_mid_stream_costs_no_answer(wecom_stack: WecomStack) -> None:
    wecom, before = wecom_stack.wecom, wecom_stack.wecom.gateway.subscribed
    with wecom_stack.asked_and_held(ASKED, AI_BOT) as asker:
        wecom.cut_connections()
        left = sum(not each.finished for each in wecom.ever()[asker.before :])
    wecom_stack.reached(asker, len(ASKED) // 2)
    wecom.forget_subscription()
    sight = wecom_stack.sight(asker)
    wecom_stack.show("long connection dropped, then forgotten, in mid-stream", asker, sight, left_hanging=left)

    assert wecom.gateway.subscribed > before
    assert left
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)


@pytest.mark.parametrize("wecom_stack", CALLBACKS, indirect=True)
def test_answers_that_come_too_late_for_their_streams_follow_once(wecom_stack: WecomStack) -> None:
    troubles = wecom_stack.wecom.troubles
    with wecom_stack.asked_and_held(ASKED, AI_BOT) as asker:
        troubles.refuse(URL, 45009)
        troubles.refuse(URL, -1)
        troubles.refuse(URL, -1, stored=True)
        troubles.reset(URL)
        wecom_stack.pass_time(LATE_S)
    sight = wecom_stack.sight(asker)
    wecom_stack.show("answers too late for their streams, and response URLs in trouble", asker, sight)

    assert sight.later
    assert sight.whole
    assert sight.tally.outcomes == outcomes(ASKED)
