"""The manifest of our Slack app: what it is called, which events it hears, and what each of its scopes is for.

The shape is Slack's (docs.slack.dev, "App manifest reference"); pasting it is the whole set-up on Slack's side.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters.slack.hearing.events import ASK_SHORTCUT
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PATH = "/slack/events"
"""Events, interactivity and slash commands all arrive here."""

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "app_mentions:read": "hear a mention in a channel",
        "assistant:write": "suggest what to ask to whoever opens our messages",
        "channels:history": "hear follow-ups in threads of public channels, read a thread as context, "
        "and find our own reply again after a crash",
        "channels:read": "tell a channel that is shared with another company from an internal one",
        "chat:write": "post, edit and delete our own messages",
        "commands": "offer `/ask`, `/quorum` and the message shortcut",
        "files:read": "read the logs and documents that people attach to a question",
        "groups:history": "the same as `channels:history`, in private channels we were invited to",
        "groups:read": "the same as `channels:read`, for private channels",
        "im:history": "hear direct messages to us",
        "im:write": "write to somebody directly where we cannot answer in the channel",
        "mpim:history": "hear mentions in direct messages of several people",
        "usergroups:read": "let a user group be a reader of a collection (`QUORUM_ACCESS`)",
        "users:read": "name the people of a thread, and speak the language of whoever opens the home tab",
    }
)
"""Scope to what it is for; `docs/slack.md` lists it and the doctor names what is missing."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
)
PROMPTS = (
    ("How do I ask?", "help"),
    ("Paste a log", "Here is a log. What is the cause, and how do I fix it?"),
)
COMMANDS = (
    ("/ask", "Ask; only you see the answer", "your question"),
    ("/quorum", "Help, and what goes with it", "help | status | sources | forget | stop | human"),
)


def manifest(url: str | None = None, *, socket: bool = False, name: str = "Quorum") -> dict[str, Any]:
    """Return the manifest for a public address, `https://host`, or for Socket Mode, which needs none.

    Raises `ConfigurationError` when neither or both are wanted, or Slack would refuse the address.
    """
    address = _address(url, socket=socket)
    return {
        "display_information": {
            "name": name,
            "description": "Answers from your own documents, with sources and a vote",
            "background_color": "#1d3557",
        },
        "features": _features(name, address),
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def missing(granted: Collection[str]) -> tuple[str, ...]:
    """List the scopes that a token was not granted; after adding them the app must be installed again."""
    return tuple(sorted(set(SCOPES) - set(granted)))


def scope_table() -> str:
    """Return the scopes and what they are for as a Markdown table."""
    rows = [f"| `{scope}` | {why} |" for scope, why in sorted(SCOPES.items())]
    return "\n".join(["| scope | what for |", "|---|---|", *rows])


def _address(url: str | None, *, socket: bool) -> dict[str, str]:
    if socket == (url is not None):
        message = "Give either a public address (--url https://host) or --socket, which needs none."
        raise ConfigurationError(message)
    if url is None:
        return {}
    if not url.startswith("https://") or len(url) <= len("https://"):
        message = f"Slack sends to https addresses only, not to {url!r}. Give one such as https://quorum.example.com."
        raise ConfigurationError(message)
    return {"request_url": url.rstrip("/").removesuffix(PATH) + PATH}


def _features(name: str, address: Mapping[str, str]) -> dict[str, Any]:
    shortcut = {
        "name": "Ask Quorum about this",
        "type": "message",
        "callback_id": ASK_SHORTCUT,
        "description": "Answers this message in its thread",
    }
    return {
        "agent_view": {
            "agent_description": "Searches your organisation's documents, lets several drafts vote, cites its sources",
            "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
        },
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": name, "always_online": True},
        "shortcuts": [shortcut],
        "slash_commands": [_command(*each, address) for each in COMMANDS],
    }


def _command(name: str, description: str, hint: str, address: Mapping[str, str]) -> dict[str, Any]:
    """Return a slash command; `should_escape` makes its text come as that of messages does."""
    found: dict[str, Any] = {"command": name, "description": description, "usage_hint": hint, "should_escape": True}
    return found | ({"url": address["request_url"]} if address else {})
