"""The doctor's look at Slack: credentials, scopes, the helpdesk's channel and Socket Mode, each with what to do."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError, MessengerRefusedError, MissingExtraError, QuorumError
from workers.cli.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.slack.calling.client import SlackApi
    from bot.ports import Store
    from bot.settings import Settings

HELPDESK = "QUORUM_HELPDESK__SLACK_CHANNEL"
_TOKENS = {
    "invalid_auth": "no such token: copy it again",
    "not_authed": "no token came: copy it again",
    "account_inactive": "the app was removed from the workspace: install it again and copy the new token",
    "token_revoked": "the token was revoked: install the app again and copy the new token",
    "token_expired": "the token has expired: switch token rotation off and install the app again",
    "not_allowed_token_type": "the token is of another kind",
    "missing_scope": "the token lacks the scope connections:write: make a new one with it",
}
_ADD = (
    "add them to the app (api.slack.com/apps: OAuth & Permissions, or paste `quorum slack manifest` again) "
    "and reinstall it"
)


def examine(settings: Settings) -> Sequence[Finding]:
    """Check what Slack needs, without a call where its credentials do not make sense.

    Raises `ConfigurationError` for half a set of credentials or a token of the wrong kind.
    """
    from adapters.slack.credentials import transport

    how = transport(settings.slack)
    if how == "off":
        return _off(settings)
    try:
        from adapters.slack.calling.client import SlackApi
    except ImportError as exc:
        raise MissingExtraError(exc.name or "slack_sdk", "slack") from exc
    from bot import wiring

    with closing(wiring.open_store(settings)) as store:
        api = SlackApi(settings.slack, store)
        found = list(_identity(api, store, settings))
        if not any(finding.status for finding in found[:1]):
            found += _checked("slack helpdesk", lambda: _helpdesk(api, store, settings))
        if how == "socket":
            found += _checked("slack socket", lambda: _socket(settings, store))
    return found


def _off(settings: Settings) -> Sequence[Finding]:
    off = Finding("slack", "off: no credentials are set (docs/slack.md)")
    if not settings.helpdesk.slack_channel:
        return [off]
    return [off, Finding("slack helpdesk", f"{HELPDESK} is set, and Slack is off", warning=True)]


def _checked(name: str, probe: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    try:
        return probe()
    except QuorumError as exc:
        return [Finding(name, str(exc), exc.exit_status)]


def _identity(api: SlackApi, store: Store, settings: Settings) -> Iterator[Finding]:
    """Ask who we are, and compare what we were granted with what the manifest asks for."""
    from adapters.slack import manifest
    from adapters.slack.calling.identity import Identifying

    name = "slack"
    how = "Socket Mode" if settings.slack.app_token else "HTTP"
    try:
        ours = Identifying(api, store, settings.slack.bot_token).asked()
    except MessengerRefusedError as exc:
        yield Finding(name, _token(exc, "QUORUM_SLACK__BOT_TOKEN"), ConfigurationError.exit_status)
        return
    except QuorumError as exc:
        yield Finding(name, f"{exc}. Check the network, its proxy, and {settings.slack.api_url}", exc.exit_status)
        return
    yield Finding(
        name, f"{how}; we are {ours.user} (bot {ours.bot or '?'}) in workspace {ours.team} {ours.url}".rstrip()
    )
    if not ours.scopes:
        yield Finding("slack scopes", "Slack does not say which scopes were granted", warning=True)
    elif missing := manifest.missing(ours.scopes):
        yield Finding("slack scopes", f"missing {', '.join(missing)}: {_ADD}", 1)
    else:
        yield Finding("slack scopes", f"all {len(manifest.SCOPES)} granted")


def _helpdesk(api: SlackApi, store: Store, settings: Settings) -> Sequence[Finding]:
    """Look whether packets can be posted to the helpdesk's channel."""
    name, channel = "slack helpdesk", settings.helpdesk.slack_channel
    if not channel:
        return [_elsewhere(name, store, settings)]
    try:
        found = api.call("conversations.info", channel=channel).get("channel") or {}
    except MessengerRefusedError as exc:
        if exc.code == "missing_scope":
            return [Finding(name, f"{channel} cannot be looked up: channels:read or groups:read is missing", 1)]
        what = f"{HELPDESK}={channel!r}: {exc.code}. Take the channel's id (C…, at the end of its link); "
        raise ConfigurationError(what + "if it is private, invite the app there first: /invite @Quorum") from exc
    if found.get("is_archived"):
        return [Finding(name, f"{channel} is archived: unarchive it, or set {HELPDESK} to another channel", 1)]
    if not found.get("is_member"):
        return [Finding(name, f"we are not in {channel}: write /invite @Quorum there", 1)]
    if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
        return [Finding(name, f"{channel} is shared with another company, which reads what is asked", warning=True)]
    return [Finding(name, channel)]


def _elsewhere(name: str, store: Store, settings: Settings) -> Finding:
    """Say who is asked where Slack has no helpdesk. Raises `ConfigurationError`."""
    from bot import wiring
    from workers.helpdesks import open_helpdesks

    with closing(wiring.open_leases(settings)) as leases:
        desk = open_helpdesks(settings, store, leases, {"slack"}).get("slack")
    if desk is None:
        what = f"none: whoever asks for a human is told so. Set {HELPDESK} to a channel's id"
        return Finding(name, what, warning=True)
    return Finding(name, f"in WeCom: {desk.name}")


def _socket(settings: Settings, store: Store) -> Sequence[Finding]:
    """Ask for a socket's address, which is used by nobody then."""
    from adapters.slack.calling.client import SlackApi

    as_app = settings.slack.model_copy(update={"bot_token": settings.slack.app_token})
    try:
        SlackApi(as_app, store).call("apps.connections.open")
    except MessengerRefusedError as exc:
        raise ConfigurationError(_token(exc, "QUORUM_SLACK__APP_TOKEN")) from exc
    return [Finding("slack socket", "Slack opens a connection")]


def _token(refused: MessengerRefusedError, setting: str) -> str:
    advice = _TOKENS.get(refused.code, "see docs/slack.md")
    return f"Slack refuses {setting} ({refused.code}): {advice}"
