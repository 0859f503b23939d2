"""Which of Slack's credentials are set, and whether they make sense together (design.md, sections 11 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.settings import Slack

Transport = Literal["off", "http", "socket"]
"""How Slack reaches us: not at all, by requests to `/slack/events`, or by Socket Mode."""

BOT_TOKEN, SIGNING_SECRET, APP_TOKEN = (
    f"QUORUM_SLACK__{name}" for name in ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN")
)
_WHERE = {
    BOT_TOKEN: "OAuth & Permissions: Bot User OAuth Token, xoxb-…",
    SIGNING_SECRET: "Basic Information: Signing Secret",
    APP_TOKEN: "Basic Information: App-Level Tokens, xapp-…, scope connections:write",
}
_KINDS = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token"}


def transport(slack: Slack) -> Transport:
    """Return how Slack reaches us.

    Raises `ConfigurationError` that names the setting: half a set of credentials, or a token of another kind.
    """
    bot, secret, app = (value.strip() for value in (slack.bot_token, slack.signing_secret, slack.app_token))
    if not (bot or secret or app):
        return "off"
    if not bot:
        raise ConfigurationError(_missing(BOT_TOKEN, SIGNING_SECRET if secret else APP_TOKEN))
    _check_kind(BOT_TOKEN, bot, "xoxb-")
    if app:
        _check_kind(APP_TOKEN, app, "xapp-")
        return "socket"
    if not secret:
        raise ConfigurationError(
            _missing(SIGNING_SECRET, BOT_TOKEN) + f" Socket Mode needs {APP_TOKEN} instead ({_WHERE[APP_TOKEN]})."
        )
    return "http"


def _missing(name: str, other: str) -> str:
    return f"{other} is set and {name} is not. Copy it from api.slack.com/apps ({_WHERE[name]})."


def _check_kind(name: str, token: str, prefix: str) -> None:
    """Refuse a token that is known to be of another kind; what is none of the known kinds Slack itself will judge."""
    kind = next((kind for known, kind in _KINDS.items() if token.startswith(known)), "")
    if kind and not token.startswith(prefix):
        message = f"{name} holds {kind}. Copy the right one from api.slack.com/apps ({_WHERE[name]})."
        raise ConfigurationError(message)
