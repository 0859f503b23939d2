"""Ten thousand lines of a log, sent as a file in Slack and in WeCom: answered, and what was left out is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes import long_log, slack_installation, wecom_installation

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation as Slack
    from tests.fakes.wecom_installation import Installation as Wecom
    from tests.fakes.wecom_seats import Place


READ = f"{long_log.LINES:,} lines read, 3 distinct errors"


def told(shown: str) -> None:
    """Check that the first error is answered from its page, and that the others and the lines are accounted for."""
    assert "autoextend" in shown
    assert READ in shown
    assert shown.index(long_log.ROOT) < shown.index(long_log.FOLLOWING)
    assert long_log.UNKNOWN in shown


@pytest.mark.parametrize("slack", slack_installation.TWO, indirect=True, scope="session")
def test_a_log_of_ten_thousand_lines_is_answered_in_slack(slack: Slack) -> None:
    user = slack.person()
    channel = slack.channel(user)
    file = slack.slack.file("alert_orcl.log", long_log.text().encode())
    reply = slack.reply(channel, slack.slack.mention(channel, user, "What happened here?", files=[file]))

    told(reply.shown)


@pytest.mark.parametrize("wecom", wecom_installation.TWO, indirect=True, scope="session")
@pytest.mark.parametrize("place", ["app", "bot"])
def test_a_log_of_ten_thousand_lines_is_answered_in_wecom(wecom: Wecom, place: Place) -> None:
    seat = wecom.seat(place)
    seat.ask("What should I do when there is a paper jam in tray 2?")
    reply = seat.reply(wecom.wecom.file(seat.user, "alert_orcl.log", long_log.text().encode(), place))

    told(reply.shown)
