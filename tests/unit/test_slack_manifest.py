"""The manifest installs the app in one paste, asks for no scope without a reason, and fits what we handle."""

from __future__ import annotations

import json

import pytest

from adapters.slack import manifest
from adapters.slack.hearing import commands, events
from adapters.slack.hearing.classifying import classify
from adapters.slack.hearing.posts import Ourselves
from bot.errors import ConfigurationError

HTTP = manifest.manifest("https://quorum.example.com/")
SOCKET = manifest.manifest(socket=True)


def test_over_http_everything_arrives_at_one_address() -> None:
    address = "https://quorum.example.com/slack/events"

    assert HTTP["settings"]["event_subscriptions"]["request_url"] == address
    assert HTTP["settings"]["interactivity"]["request_url"] == address
    assert [command["url"] for command in HTTP["features"]["slash_commands"]] == [address] * 2
    assert HTTP["settings"]["socket_mode_enabled"] is False


def test_an_address_that_has_the_path_already_is_taken_as_it_is() -> None:
    assert manifest.manifest("https://quorum.example.com/slack/events") == HTTP


def test_socket_mode_names_no_address() -> None:
    assert "url" not in json.dumps(SOCKET)
    assert SOCKET["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize("url", ["http://quorum.example.com", "quorum.example.com", "https://", ""])
def test_an_address_that_slack_would_refuse_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        manifest.manifest(url)


def test_exactly_one_way_of_receiving_must_be_chosen() -> None:
    with pytest.raises(ConfigurationError, match="--socket"):
        manifest.manifest()
    with pytest.raises(ConfigurationError, match="--socket"):
        manifest.manifest("https://quorum.example.com", socket=True)


def test_every_event_that_is_subscribed_has_the_scope_to_hear_it() -> None:
    needed = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    }

    assert set(HTTP["settings"]["event_subscriptions"]["bot_events"]) == {*needed, "app_home_opened"}
    assert set(needed.values()) <= set(HTTP["oauth_config"]["scopes"]["bot"])


def test_every_command_and_shortcut_of_the_manifest_is_one_that_we_know() -> None:
    names = [command["command"] for command in HTTP["features"]["slash_commands"]]
    hints = HTTP["features"]["slash_commands"][1]["usage_hint"].split(" | ")
    us = Ourselves("UB0T")

    assert names == [commands.ASK, commands.QUORUM]
    assert [HTTP["features"]["shortcuts"][0]["callback_id"]] == [events.ASK_SHORTCUT]
    found = [classify({"command": "/quorum", "text": hint}, us) for hint in hints]
    assert [each.name for each in found if isinstance(each, events.Commanded)] == hints


def test_people_can_write_to_us_directly_and_open_a_home_tab() -> None:
    assert HTTP["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_names_and_descriptions_are_within_slack_s_limits() -> None:
    features = HTTP["features"]

    assert len(HTTP["display_information"]["description"]) <= 140
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert len(features["shortcuts"][0]["name"]) <= 24


def test_missing_scopes_are_named() -> None:
    assert manifest.missing(manifest.SCOPES) == ()
    assert manifest.missing(set(manifest.SCOPES) - {"files:read", "chat:write"}) == ("chat:write", "files:read")


def test_every_scope_is_explained_in_the_table() -> None:
    table = manifest.scope_table()

    assert all(f"| `{scope}` | {why} |" in table for scope, why in manifest.SCOPES.items())
    assert set(HTTP["oauth_config"]["scopes"]["bot"]) == set(manifest.SCOPES)
