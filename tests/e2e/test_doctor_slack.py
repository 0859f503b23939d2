"""The doctor names what keeps Slack from working, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ROBOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Quorum, Run

DESK = "C0DESK001"
HELPDESK = "QUORUM_HELPDESK__SLACK_CHANNEL"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as found:
        found.room(DESK, "helpdesk", members=(ALICE,))
        yield found


def lines(run: Run) -> dict[str, tuple[str, str]]:
    """Return the lines about Slack: name to verdict and text."""
    found = {}
    for line in run.out.splitlines():
        verdict, _, rest = line.strip().partition(" ")
        name, _, text = rest.strip().partition("  ")
        if name.startswith("slack"):
            found[name] = (verdict, text.strip())
    return found


def test_slack_that_is_off_is_no_fault(sample: Quorum) -> None:
    assert lines(sample("doctor"))["slack"] == ("ok", "off: no credentials are set (docs/slack.md)")


def test_a_sound_slack_says_who_we_are_and_where_packets_go(sample: Quorum, slack: FakeSlack) -> None:
    run = sample("doctor", **slack.settings, **{HELPDESK: DESK})

    assert run.status == 0
    found = lines(run)
    assert {verdict for verdict, _ in found.values()} == {"ok"}
    assert slack.workspace.bot_user in found["slack"][1]
    assert DESK in found["slack helpdesk"][1]
    assert slack.workspace.bot_token not in run.out
    assert slack.workspace.signing_secret not in run.out


@pytest.mark.parametrize("name", ["QUORUM_SLACK__BOT_TOKEN", "QUORUM_SLACK__SIGNING_SECRET"])
def test_half_a_set_of_credentials_is_named(sample: Quorum, slack: FakeSlack, name: str) -> None:
    run = sample("doctor", **{key: value for key, value in slack.settings.items() if key != name})

    assert run.status == 2
    assert lines(run)["slack"][0] == "FAIL"
    assert name in lines(run)["slack"][1]


@pytest.mark.parametrize("name", ["QUORUM_SLACK__BOT_TOKEN", "QUORUM_SLACK__APP_TOKEN"])
def test_a_token_in_the_other_s_place_is_said(sample: Quorum, slack: FakeSlack, name: str) -> None:
    slack.events_url = None
    other = {"QUORUM_SLACK__BOT_TOKEN": "xapp-1-wrong", "QUORUM_SLACK__APP_TOKEN": "xoxb-wrong"}[name]
    run = sample("doctor", **slack.settings | {name: other})

    assert run.status == 2
    assert name in lines(run)["slack"][1]
    assert "api.slack.com/apps" in lines(run)["slack"][1]
    assert other not in run.out


def test_a_token_that_slack_does_not_know_is_said(sample: Quorum, slack: FakeSlack) -> None:
    run = sample("doctor", **slack.settings | {"QUORUM_SLACK__BOT_TOKEN": "xoxb-other"})

    assert run.status == 2
    assert "invalid_auth" in lines(run)["slack"][1]


def test_a_slack_that_is_down_is_no_fault_of_a_setting(sample: Quorum, slack: FakeSlack) -> None:
    run = sample("doctor", **slack.settings | {"QUORUM_SLACK__API_URL": "http://127.0.0.1:9/api/"})

    assert run.status == 1
    assert "Check the network" in lines(run)["slack"][1]


def test_missing_scopes_are_named_with_what_to_do(sample: Quorum, slack: FakeSlack) -> None:
    slack.workspace.scopes -= {"files:read", "usergroups:read"}
    run = sample("doctor", **slack.settings, **{HELPDESK: DESK})

    assert run.status == 1
    assert lines(run)["slack scopes"][0] == "FAIL"
    assert "files:read, usergroups:read" in lines(run)["slack scopes"][1]
    assert "reinstall" in lines(run)["slack scopes"][1]


def test_a_helpdesk_that_is_not_set_is_a_warning(sample: Quorum, slack: FakeSlack) -> None:
    run = sample("doctor", **slack.settings)

    assert run.status == 0
    assert lines(run)["slack helpdesk"][0] == "warn"


def test_a_helpdesk_in_wecom_is_named_where_slack_has_none(sample: Quorum, slack: FakeSlack) -> None:
    with FakeWeCom() as wecom:
        robot = {"QUORUM_WECOM__API_URL": wecom.server.address, "QUORUM_HELPDESK__WECOM_WEBHOOK": wecom.webhook}
        run = sample("doctor", **slack.settings, **robot)

    assert run.status == 0
    assert lines(run)["slack helpdesk"] == ("ok", "in WeCom: group robot")
    assert "WeCom knows the group robot" in run.out
    assert ROBOT not in run.out


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [("unknown", 2, "channel_not_found"), ("not joined", 1, "/invite"), ("archived", 1, "archived")],
)
def test_a_helpdesk_that_nothing_can_be_posted_to_fails(
    sample: Quorum, slack: FakeSlack, trouble: str, status: int, words: str
) -> None:
    slack.channels[DESK].archived = trouble == "archived"
    if trouble == "not joined":
        slack.channels[DESK].members.discard(slack.workspace.bot_user)
    channel = "#helpdesk" if trouble == "unknown" else DESK
    run = sample("doctor", **slack.settings, **{HELPDESK: channel})

    assert run.status == status
    assert lines(run)["slack helpdesk"][0] == "FAIL"
    assert words in lines(run)["slack helpdesk"][1]


def test_socket_mode_is_tried(sample: Quorum, slack: FakeSlack) -> None:
    slack.events_url = None
    run = sample("doctor", **slack.settings, **{HELPDESK: DESK})
    wrong = sample("doctor", **slack.settings | {"QUORUM_SLACK__APP_TOKEN": "xapp-other"})

    assert lines(run)["slack socket"] == ("ok", "Slack opens a connection")
    assert wrong.status == 2
    assert "QUORUM_SLACK__APP_TOKEN" in lines(wrong)["slack socket"][1]


def test_open_collections_are_named(sample: Quorum) -> None:
    run = sample("doctor", QUORUM_ACCESS='{"hr": ["slack:C1"]}')

    assert "default" in run.out.splitlines()[-1]
