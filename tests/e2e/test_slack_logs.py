"""What the processes write to standard error, at its loudest: no text, name, token, secret or address of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack_installation import DESK, TWO

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation


MARKS = ("zanzibar", "桑给巴尔", "quokka", "Fl4mingo")
"""Words that stand in questions, files, their names and secrets here, and nowhere else."""


SHORT = 12
"""A line of so few characters may stand in a log by chance."""

VPN = "After how many hours does a VPN session end?"


def do_everything(slack: Installation) -> None:
    """Ask in every way, press everything, and let Slack be in trouble meanwhile."""
    fake, user = slack.slack, slack.person("zh-CN")
    channel, trouble = slack.channel(user), slack.slack.troubles
    file = fake.file("quokka-secret.log", b"ORA-01653 zanzibar\npassword=Fl4mingo!Fl4mingo\n")
    trouble.fail("chat.postMessage", channel=channel)
    trouble.reset("chat.update", channel=channel)
    ts = fake.mention(channel, user, "zanzibar: 桑给巴尔 password=Fl4mingo!Fl4mingo 怎么办？", files=[file])
    reply = slack.reply(channel, ts)
    for action in reply.actions:
        fake.click(reply, action, user=user)
    until(lambda: [each for each in fake.channel(DESK) if each.ours and f"@{user}" in each.shown], "a packet")
    fake.edit(channel, ts, f"<@{fake.workspace.bot_user}> Is zanzibar an island?")
    until(lambda: len(slack.slack.one(channel, reply.ts).versions) > len(reply.versions), "another answer")
    fake.slash("/ask", "zanzibar 桑给巴尔?", user, channel)
    until(lambda: [each for each in fake.whispers(user) if each.final], "an answer")
    fake.slash("/quorum", "quokka", user, channel)
    slack.direct(user, VPN)
    fake.home(user)
    until(lambda: fake.workspace.homes.get(user), "a home tab")
    trouble.page("conversations.replies", channel=channel)
    slack.ask(channel, user, "quokka and zanzibar?", ts)
    fake.delete(channel, ts)
    fake.deliveries.forged = True
    fake.mention(channel, user, "zanzibar?")
    fake.deliveries.forged = False
    fake.settle()


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_no_text_name_token_secret_or_response_url_is_logged_at_any_level(slack: Installation) -> None:
    do_everything(slack)
    app = slack.slack.workspace
    secrets = (app.bot_token, app.app_token, app.signing_secret, "/response/", "ticket=")
    texts = {line for each in slack.slack.ever() for line in each.shown.splitlines() if len(line) > SHORT}
    logs = slack.logs

    assert " DEBUG " in logs
    assert VPN in texts
    assert {mark: line for mark in (*MARKS, *secrets, *texts) for line in logs.splitlines() if mark in line} == {}
