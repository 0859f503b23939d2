"""Half a set of credentials, or a token in the wrong place, is found before anything is opened."""

from __future__ import annotations

import pytest

from adapters.slack.credentials import transport
from bot.errors import ConfigurationError
from bot.settings import Slack

BOT, SECRET, APP = "xoxb-1-aaaa", "8f742231b10e8888", "xapp-1-bbbb"


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        ({}, "off"),
        ({"signing_secret": "  "}, "off"),
        ({"bot_token": BOT, "signing_secret": SECRET}, "http"),
        ({"bot_token": BOT, "app_token": APP}, "socket"),
        ({"bot_token": BOT, "app_token": APP, "signing_secret": SECRET}, "socket"),
    ],
)
def test_what_is_set_says_how_slack_reaches_us(credentials: dict[str, str], expected: str) -> None:
    assert transport(Slack(**credentials)) == expected


@pytest.mark.parametrize(
    ("credentials", "named"),
    [
        ({"bot_token": BOT}, "QUORUM_SLACK__SIGNING_SECRET is not"),
        ({"bot_token": BOT, "signing_secret": " "}, "QUORUM_SLACK__SIGNING_SECRET is not"),
        ({"signing_secret": SECRET}, "QUORUM_SLACK__BOT_TOKEN is not"),
        ({"app_token": APP}, "QUORUM_SLACK__BOT_TOKEN is not"),
        ({"bot_token": APP, "signing_secret": SECRET}, "QUORUM_SLACK__BOT_TOKEN holds an app-level token"),
        ({"bot_token": "xoxp-1", "signing_secret": SECRET}, "QUORUM_SLACK__BOT_TOKEN holds a user token"),
        ({"bot_token": BOT, "app_token": BOT}, "QUORUM_SLACK__APP_TOKEN holds a bot token"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(credentials: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        transport(Slack(**credentials))

    assert named in str(raised.value)
    assert not any(value.strip() and value in str(raised.value) for value in credentials.values())
