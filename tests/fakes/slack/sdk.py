"""Slack's own clients, pointed at the fake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web import SlackResponse

    from tests.fakes.slack import FakeSlack
    from tests.fakes.slack.records import JSON


def client(slack: FakeSlack, token: str | None = None) -> WebClient:
    """Return a Web API client that tries each call once."""
    found = WebClient(slack.workspace.bot_token if token is None else token, base_url=slack.api_url, timeout=10)
    found.retry_handlers.clear()
    return found


def refusal(call: Callable[..., SlackResponse], **arguments: object) -> JSON:
    """Return the reply of a call that must be refused."""
    try:
        reply = call(**arguments)
    except SlackApiError as refused:
        return dict(refused.response.data)
    message = f"not refused: {reply.data!r}"
    raise AssertionError(message)


def error(call: Callable[..., SlackResponse], **arguments: object) -> str:
    """Return the error with which a call is refused."""
    return str(refusal(call, **arguments)["error"])
