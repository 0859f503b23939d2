"""How `quorum serve slack` starts and ends: what is missing is named, and readiness means that questions arrive."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.serving import Serving
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.slack_installation import SETTINGS, Installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Quorum


BOT, SECRET, APP = (f"QUORUM_SLACK__{name}" for name in ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN"))
WRONG = {
    "none": ({}, BOT),
    "empty": ({BOT: "", SECRET: "", APP: ""}, BOT),
    "no-secret": ({BOT: "xoxb-1-Hush", SECRET: " "}, SECRET),
    "no-token": ({SECRET: "Hush"}, BOT),
    "swapped": ({BOT: "xapp-1-Hush", APP: "xoxb-1-Hush"}, BOT),
}
QUESTION = "After how many hours does a VPN session end?"


@pytest.mark.parametrize("case", WRONG)
def test_credentials_that_cannot_work_end_it_with_the_setting_and_without_its_value(quorum: Quorum, case: str) -> None:
    given, named = WRONG[case]
    run = quorum("serve", "slack", QUORUM_HTTP__PORT="0", **given)

    assert (run.status, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert named in run.err
    assert "Hush" not in run.err


def test_it_is_ready_once_slack_has_greeted_it_and_says_where_no_human_can_be_asked(
    slack_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(slack_home, tmp_path / "home")
    with FakeSlack(retries_s=()) as slack:
        slack.down()
        settings = SETTINGS | slack.settings | {"QUORUM_HELPDESK__SLACK_CHANNEL": ""}
        with Serving(tmp_path / "home", tmp_path / "log", messenger="slack", **settings) as serving:
            found = Installation(slack, serving, None)
            before = serving.web.get("/readyz")
            alive = serving.web.get("/healthz")
            slack.up()
            until(found.is_ready, "a greeting")
            ts = slack.mention(HELP, ALICE, QUESTION)
            reply = found.reply(HELP, ts)
            slack.click(reply, "quorum_escalate")
            told = until(lambda: [each for each in slack.replies(HELP, ts) if each.ts != reply.ts], "a word")
            status = serving.stop()

    assert (before.status_code, before.json()["checks"]["messengers"], alive.status_code) == (503, "unavailable", 200)
    assert "12 hours" in reply.shown
    assert told[0].shown.startswith("No helpdesk is set up here, so nobody was asked.")
    assert slack.one(HELP, reply.ts).actions == reply.actions
    assert status == 0
    assert slack.sockets.open == []
