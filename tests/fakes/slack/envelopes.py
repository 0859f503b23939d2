"""The outer part of a delivery, its signature, and which events an app gets at all."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.workspace import Workspace

SUBSCRIBED = frozenset(
    [
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "app_home_opened",
        "assistant_thread_started",
        "assistant_thread_context_changed",
        "app_context_changed",
    ]
)
"""What the bot of our manifest asks for, with the legacy assistant's events."""
NAMES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def reaches(slack: Workspace, event: JSON, subscribed: frozenset[str] | set[str]) -> bool:
    """Return whether the app gets an event: it asked for it, has the scope, and is in the conversation."""
    kind = event["type"]
    if kind == "message":
        name = NAMES[event["channel_type"]]
        allowed = f"message.{name}" in subscribed and f"{name}:history" in slack.scopes
    else:
        scope = {"app_mention": "app_mentions:read"}.get(kind)
        allowed = kind in subscribed and (scope is None or scope in slack.scopes)
    channel = slack.channels.get(str(event.get("channel", "")))
    return allowed and (channel is None or slack.bot_user in channel.members)


def envelope(slack: Workspace, event: JSON) -> JSON:
    """Put an event into its envelope, with an id of its own."""
    channel = slack.channels.get(str(event.get("channel", "")))
    mine = {"enterprise_id": None, "team_id": slack.team, "user_id": slack.bot_user, "is_bot": True}
    return {
        "token": "deprecated-verification-token",
        "team_id": slack.team,
        "context_team_id": slack.team,
        "context_enterprise_id": None,
        "api_app_id": slack.app,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{uuid4().hex[:10].upper()}",
        "event_time": int(slack.now()),
        "authorizations": [mine | {"is_enterprise_install": False}],
        "is_ext_shared_channel": bool(channel and channel.external),
        "event_context": f"4-{uuid4().hex}",
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body as Slack does (docs.slack.dev, "Verifying requests from Slack")."""
    whole = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), whole, hashlib.sha256).hexdigest()


def encoded(kind: str, payload: JSON) -> tuple[str, bytes]:
    """Return the content type and the body under which a payload is posted."""
    if kind == "events_api":
        return "application/json", json.dumps(payload, ensure_ascii=False).encode()
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload, ensure_ascii=False)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()
