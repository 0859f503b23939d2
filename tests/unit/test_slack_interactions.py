"""Buttons, shortcuts and slash commands of Slack are told apart, and each press is known again."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.hearing.classifying import classify
from adapters.slack.hearing.events import Asked, Clicked, Commanded, Ignored
from adapters.slack.hearing.posts import Ourselves, Post

US = Ourselves("UB0T", "BB0T")
TS = "1700000000.000100"
URL = "https://hooks.slack.com/commands/T1/1/xyz"
ANSWER = f"slack-T1-C1-{TS}"


def click(action_id: str, value: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "2.2", "channel_id": "C1", "thread_ts": TS},
        "message": {"ts": "2.2", "thread_ts": TS},
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
        "trigger_id": "1.2.abc",
        "response_url": URL,
    } | more


def shortcut(message: dict[str, Any], callback_id: str = "quorum_ask") -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": callback_id,
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "message": message,
        "response_url": URL,
    }


def command(name: str, text: str, **more: str) -> dict[str, str]:
    form = {"command": name, "text": text, "team_id": "T1", "channel_id": "C1", "channel_name": "general"}
    return form | {"user_id": "U1", "trigger_id": "1.2.abc", "response_url": URL} | more


@pytest.mark.parametrize(("mark", "vote"), [("1", 1), ("0", 0)])
def test_a_vote_on_an_answer_is_read_from_the_button(mark: str, vote: int) -> None:
    found = classify(click("quorum_feedback", f"{ANSWER}:{mark}"), US)

    assert isinstance(found, Clicked)
    assert (found.action, found.answer_id, found.vote) == ("quorum_feedback", ANSWER, vote)
    assert found.post == Post("T1", "C1", "U1", "2.2", TS)
    assert (found.trigger_id, found.response_url) == ("1.2.abc", URL)


@pytest.mark.parametrize("action", ["quorum_sources", "quorum_escalate"])
def test_the_other_buttons_carry_the_answer_s_id(action: str) -> None:
    found = classify(click(action, ANSWER), US)

    assert isinstance(found, Clicked)
    assert (found.action, found.answer_id, found.vote) == (action, ANSWER, None)


def test_the_same_click_twice_is_the_same_value() -> None:
    payload = click("quorum_escalate", ANSWER)

    assert classify(payload, US) == classify(payload, US)


def test_a_click_on_an_ephemeral_answer_in_an_organisation_wide_app_is_known() -> None:
    container = {"type": "message", "message_ts": "2.2", "channel_id": "C1", "is_ephemeral": True}

    found = classify(click("quorum_sources", ANSWER, team=None, message=None, channel=None, container=container), US)

    assert isinstance(found, Clicked)
    assert found.is_ephemeral
    assert found.post == Post("T1", "C1", "U1", "2.2", "2.2")


@pytest.mark.parametrize(
    ("action", "value", "reason"),
    [
        ("quorum_feedback", f"{ANSWER}:7", "malformed click"),
        ("quorum_feedback", ":1", "malformed click"),
        ("open_link", "x", "unknown action"),
        ("quorum_sources", "", "unknown action"),
    ],
)
def test_clicks_that_are_not_ours_are_ignored(action: str, value: str, reason: str) -> None:
    assert classify(click(action, value), US) == Ignored(reason)


def test_a_shortcut_on_a_message_asks_about_it_as_a_mention_in_it_would() -> None:
    found = classify(shortcut({"user": "U2", "ts": TS, "text": "ORA-01555 &amp; now?", "thread_ts": "1.1"}), US)

    assert isinstance(found, Asked)
    assert (found.id, found.via, found.text) == (ANSWER, "shortcut", "ORA-01555 & now?")
    assert found.post == Post("T1", "C1", "U1", TS, "1.1")
    assert found.response_url == URL


def test_a_shortcut_works_on_the_alert_of_a_bot_but_not_on_our_own_answer() -> None:
    alert = classify(shortcut({"bot_id": "B2", "ts": TS, "text": "", "attachments": [{"text": "disk full"}]}), US)

    assert isinstance(alert, Asked)
    assert alert.text == "disk full"
    assert classify(shortcut({"bot_id": "BB0T", "ts": TS, "text": "x"}), US) == Ignored("own message")


def test_another_shortcut_is_ignored() -> None:
    assert classify(shortcut({"user": "U2", "ts": TS}, "other"), US) == Ignored("unknown shortcut")


def test_ask_is_keyed_on_its_trigger_and_answered_at_its_response_url() -> None:
    found = classify(command("/ask", "why is &lt;db1&gt; slow, <@U2|ann>?"), US)

    assert isinstance(found, Asked)
    assert (found.id, found.via) == ("slack-T1-1.2.abc", "command")
    assert found.text == "why is <db1> slow, @ann?"
    assert found.response_url == URL
    assert found.post == Post("T1", "C1", "U1")


@pytest.mark.parametrize("text", ["", "  ", "help", "帮助"])
def test_ask_without_a_question_tells_how_to_ask(text: str) -> None:
    found = classify(command("/ask", text), US)

    assert isinstance(found, Commanded)
    assert found.name == "help"


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("help", "help", ""),
        ("Status", "status", ""),
        ("sources oracle", "sources", "oracle"),
        ("forget", "forget", ""),
        ("stop", "stop", ""),
        ("human it is urgent", "human", "it is urgent"),
        ("人工", "human", ""),
        ("", "help", ""),
        ("dance now", "help", "now"),
    ],
)
def test_quorum_s_commands_are_told_apart_and_unknown_ones_get_help(text: str, name: str, rest: str) -> None:
    found = classify(command("/quorum", text), US)

    assert isinstance(found, Commanded)
    assert (found.name, found.text, found.response_url) == (name, rest, URL)


@pytest.mark.parametrize(
    ("channel", "name", "room"),
    [("D1", "directmessage", "im"), ("C2", "privategroup", "group"), ("C1", "general", "channel")],
)
def test_a_command_knows_the_kind_of_room_that_it_was_given_in(channel: str, name: str, room: str) -> None:
    found = classify(command("/ask", "why?", channel_id=channel, channel_name=name), US)

    assert isinstance(found, Asked)
    assert found.post.room == room
