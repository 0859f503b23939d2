"""Where Slack keeps us from answering, and what people may not see: said plainly, and to nobody else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack_installation import CLERK, PAYROLL, PER_MINUTE, TWO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.slack import Seen
    from tests.fakes.slack_installation import Installation

pytestmark = pytest.mark.parametrize("slack", TWO, indirect=True)

VPN = "After how many hours does a VPN session end?"
SALARIES = "On which day are the November salaries paid?"


def test_a_restricted_collection_is_seen_in_its_channel_and_directly_by_its_readers_alone(slack: Installation) -> None:
    stranger = slack.person()
    channel = slack.channel(CLERK, stranger)
    seen = [slack.ask(PAYROLL, CLERK, SALARIES), slack.direct(CLERK, SALARIES)]
    unseen = [slack.ask(channel, CLERK, SALARIES), slack.direct(stranger, SALARIES)]

    assert ["the 27th" in each.shown for each in seen] == [True, True]
    assert [word for each in unseen for word in ("27th", "Northwind", "Payroll") if word in str(each)] == []


@contextmanager
def held_back(slack: Installation) -> Iterator[None]:
    """Keep what happens in Slack from us until the block ends."""
    slack.slack.deliveries.held = []
    try:
        yield
    finally:
        slack.slack.deliveries.release()


def directly(slack: Installation, user: str) -> Seen:
    """Wait for an answer in the direct messages with somebody."""
    channel = slack.slack.direct_channel(user)
    found = until(lambda: [each for each in slack.slack.channel(channel) if each.ours and each.final], "an answer")
    (shown,) = found
    return shown


@pytest.mark.parametrize("trouble", ["archived", "read_only", "threadless"])
def test_where_we_may_not_write_the_asker_is_answered_directly_and_told_why(slack: Installation, trouble: str) -> None:
    user = slack.person()
    channel = slack.channel(user)
    with held_back(slack):
        slack.slack.mention(channel, user, VPN)
        setattr(slack.slack.channels[channel], trouble, True)
    shown = directly(slack, user)
    said = [each.shown for each in slack.slack.channel(shown.channel) if each.ours]

    assert "12 hours" in shown.shown
    assert any("I cannot answer where you asked" in each for each in said)
    assert [each for each in slack.slack.channel(channel) if each.ours] == []


def test_a_channel_that_we_are_no_longer_in_is_answered_directly(slack: Installation) -> None:
    user = slack.person("zh-CN")
    channel = slack.channel(user)
    with held_back(slack):
        slack.slack.mention(channel, user, "试用期是几个月？")
        slack.slack.channels[channel].members.discard(slack.slack.workspace.bot_user)

    assert "三个月" in directly(slack, user).shown


def test_people_of_other_companies_are_told_that_nothing_is_released_for_them(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    slack.slack.channels[channel].external = True
    reply = slack.ask(channel, user, VPN)

    assert "12 hours" not in reply.shown
    assert "no documents are released for this channel" in reply.shown


def test_who_asks_too_much_is_told_so_alone_and_once_while_others_are_answered(slack: Installation) -> None:
    user, other = slack.person("zh-CN"), slack.person()
    channel = slack.channel(user, other)
    asked = [slack.slack.mention(channel, user, f"密码多久更换一次？ {number}") for number in range(PER_MINUTE + 3)]
    slack.ask(channel, other, VPN)
    slack.slack.settle()
    answered = until(
        lambda: (
            [ts for ts in asked if any(each.final for each in slack.slack.replies(channel, ts))][PER_MINUTE - 1 :]
            and [ts for ts in asked if slack.slack.replies(channel, ts)]
        ),
        "all that may be asked is answered",
    )
    told = [each.shown for each in slack.slack.whispers(user)]

    assert len(answered) == PER_MINUTE
    assert told == [f"您在一分钟内提出了超过 {PER_MINUTE} 个问题，请稍等片刻再问。"]
    assert slack.slack.whispers(other) == []
