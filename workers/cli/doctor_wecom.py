"""The doctor's look at WeCom: credentials, app, callbacks, long connection, helpdesk, each with what to do."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError, MessengerRefusedError, MissingExtraError, QuorumError
from workers.cli.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from adapters.wecom.calling.client import WecomApi
    from adapters.wecom.credentials import Mode
    from bot.ports import Leases, Store
    from bot.settings import Settings, Wecom

HELPDESK, WEBHOOK = "QUORUM_HELPDESK__WECOM_USER", "QUORUM_HELPDESK__WECOM_WEBHOOK"
ACTIVE = 1
"""The status of a member who uses WeCom (developer.work.weixin.qq.com/document/path/90196)."""

_MODES: Mapping[Mode, str] = {
    "app": "self-built app",
    "callback": "AI bot by callback",
    "socket": "AI bot by long connection",
}
_SETTINGS = {
    "40001": "QUORUM_WECOM__SECRET is not this app's: copy it again (应用管理 > the app > Secret)",
    "40013": "there is no such corp: copy QUORUM_WECOM__CORP_ID again (我的企业 > 企业信息 > 企业ID)",
    "40056": "there is no such app: copy QUORUM_WECOM__AGENT_ID again (应用管理 > the app > AgentId)",
    "40091": "QUORUM_WECOM__SECRET is not valid any more: copy it again (应用管理 > the app > Secret)",
    "301002": "QUORUM_WECOM__SECRET belongs to another app than QUORUM_WECOM__AGENT_ID: copy both from one page",
    "93000": f"there is no such robot: copy {WEBHOOK} again (the group > … > 群机器人 > Webhook地址)",
    "60111": "there is no such member: copy the 账号 from 通讯录, which is no name and no number",
}
_CONSOLE = {
    "60020": "add our public address to the app's trusted ones (应用管理 > the app > 企业可信IP); see docs/wecom.md",
    "60011": "the app does not see this member or department: add them to its 可见范围 (应用管理 > the app)",
    "48002": "the app may not call this: see docs/wecom.md",
}
EXPLAINED = frozenset(_SETTINGS) | frozenset(_CONSOLE)
"""Error codes of which the doctor says what to do."""

_READERS = ("wecom:user:", "wecom:department:", "wecom:chat:")
_VISIBLE = (("allow_userinfos", "user"), ("allow_partys", "partyid"), ("allow_tags", "tagid"))


def examine(settings: Settings) -> Sequence[Finding]:
    """Check what WeCom needs, without a call where its credentials do not make sense.

    Raises `ConfigurationError` for half a set of credentials, a key that can be none, or two ways of one AI bot.
    """
    from adapters.wecom.credentials import is_set, modes

    if not is_set(settings.wecom):
        return _off(settings)
    try:
        from adapters.wecom import crypto  # noqa: F401 - only whether its libraries are there
        from adapters.wecom.receiving import connection  # noqa: F401
    except ImportError as exc:
        raise MissingExtraError(exc.name or "wechatpy", "wecom") from exc
    found = modes(settings.wecom)
    names = ", ".join(text for mode, text in _MODES.items() if mode in found)
    return [Finding("wecom", names), *_examined(settings, found), *_access(settings, found), *_naming(settings, found)]


def _off(settings: Settings) -> Sequence[Finding]:
    found = [Finding("wecom", "off: no credentials are set (docs/wecom.md)")]
    if settings.helpdesk.wecom_user:
        found.append(Finding("wecom helpdesk", f"{HELPDESK} is set, and WeCom is off", warning=True))
    if settings.helpdesk.wecom_webhook.get_secret_value().strip():
        found.append(_checked("wecom robot", settings, lambda: _alone(settings)))
    return found


def _examined(settings: Settings, modes: frozenset[Mode]) -> Iterator[Finding]:
    from adapters.wecom.calling.client import WecomApi
    from bot import wiring
    from workers.cli import doctor_callback

    wecom, http = settings.wecom, settings.http
    with closing(wiring.open_store(settings)) as store, closing(wiring.open_leases(settings)) as leases:
        api = WecomApi(wecom, store, leases)
        with closing(api):
            if "app" in modes:
                yield _checked("wecom app", settings, lambda: _app(api))
                yield doctor_callback.app(wecom, http)
            if "callback" in modes:
                yield doctor_callback.bot(wecom, http)
            if "socket" in modes:
                yield _socket(wecom)
            yield _checked("wecom helpdesk", settings, lambda: _helpdesk(api, settings, modes))
        if settings.helpdesk.wecom_webhook.get_secret_value().strip():
            yield _checked("wecom robot", settings, lambda: _robot(settings, store, leases))


def _checked(name: str, settings: Settings, probe: Callable[[], Finding]) -> Finding:
    """Return what a probe finds, or what WeCom's refusal means and what to do about it."""
    try:
        return probe()
    except MessengerRefusedError as exc:
        wrong = _SETTINGS.get(exc.code)
        advice = wrong or _CONSOLE.get(exc.code, "see docs/wecom.md")
        return Finding(name, f"{exc}: {advice}", ConfigurationError.exit_status if wrong else 1)
    except ConfigurationError as exc:
        return Finding(name, str(exc), exc.exit_status)
    except QuorumError as exc:
        where = f"Check the network, its proxy, and {settings.wecom.api_url}; after a pause that WeCom wants, try again"
        return Finding(name, f"{exc}. {where}", exc.exit_status)


def _app(api: WecomApi) -> Finding:
    """Ask for an access token and for the app itself, which wants a trusted address."""
    name = "wecom app"
    api.check()
    found = api.get("agent/get", agentid=str(api.agent))
    who = f"{api.agent} {found.get('name') or ''}".strip()
    if found.get("close"):
        return Finding(name, f"{who} is switched off: switch it on (应用管理 > the app)", 1)
    if any(outer in found for outer, _ in _VISIBLE) and not any(
        (found.get(outer) or {}).get(inner) for outer, inner in _VISIBLE
    ):
        return Finding(
            name, f"{who} is visible to nobody: add people to its 可见范围 (应用管理 > the app)", warning=True
        )
    return Finding(name, f"WeCom gives an access token; we are {who}")


def _socket(wecom: Wecom) -> Finding:
    """Open a connection and subscribe nothing on it: that would end the one of a running `quorum serve`."""
    from adapters.wecom.receiving.connection import UNREACHABLE, opened

    async def tried() -> None:
        await (await opened(wecom.bot_url, lambda *_: None)).close()

    name = "wecom socket"
    try:
        asyncio.run(tried())
    except UNREACHABLE as exc:
        why = f"no connection to {wecom.bot_url} ({type(exc).__name__})"
        return Finding(name, f"{why}. Check the network and its proxy", 1)
    untried = "Bot ID and Secret are tried by `quorum serve` alone, whose /readyz says how that went"
    return Finding(name, f"{wecom.bot_url} answers; {untried}")


def _helpdesk(api: WecomApi, settings: Settings, modes: frozenset[Mode]) -> Finding:
    """Look whether packets reach whoever takes questions."""
    name, user = "wecom helpdesk", settings.helpdesk.wecom_user.strip()
    if user and "app" in modes:
        status = api.get("user/get", userid=user).get("status")
        if status not in {ACTIVE, None}:
            return Finding(name, f"{user} is disabled or has never logged in: nobody reads what comes", warning=True)
        return Finding(name, user)
    if user:
        return Finding(name, f"{HELPDESK} is set, but only the self-built app can write to a member", warning=True)
    if settings.helpdesk.wecom_webhook.get_secret_value().strip():
        return Finding(name, "the group robot")
    if channel := settings.helpdesk.slack_channel.strip():
        return Finding(name, f"Slack's channel {channel}")
    what = f"Set {HELPDESK} to a UserID, or {WEBHOOK} to the address of a group's robot"
    return Finding(name, f"none: whoever asks for a human is told so. {what}", warning=True)


def _alone(settings: Settings) -> Finding:
    """Look at a robot where WeCom is off otherwise: it may be told what is asked in Slack."""
    from adapters.slack.credentials import transport
    from bot import wiring

    if transport(settings.slack) == "off":
        return Finding("wecom robot", f"{WEBHOOK} is set, and neither Slack nor WeCom is on", warning=True)
    with closing(wiring.open_store(settings)) as store, closing(wiring.open_leases(settings)) as leases:
        return _robot(settings, store, leases)


def _robot(settings: Settings, store: Store, leases: Leases) -> Finding:
    """Look whether WeCom knows the robot; nothing is said in its group. Raises `ConfigurationError`."""
    from adapters.wecom.helpdesk import open_robot

    if (robot := open_robot(settings, store, leases)) is not None:
        robot.check()
    return Finding("wecom robot", "WeCom knows the group robot")


def _access(settings: Settings, modes: frozenset[Mode]) -> Iterator[Finding]:
    """Name readers who can never be anybody."""
    name = "wecom access"
    readers = {each for allowed in settings.access.values() for each in allowed if each.startswith("wecom:")}
    if unknown := sorted(each for each in readers if not each.startswith(_READERS)):
        kinds = ", ".join(f"{each}ID" for each in _READERS)
        yield Finding(name, f"nobody is {', '.join(unknown)}: a reader is one of {kinds}", warning=True)
    if "app" not in modes and any(each.startswith("wecom:department:") for each in readers):
        yield Finding(name, "departments are readers, but only the self-built app can look them up", warning=True)


def _naming(settings: Settings, modes: frozenset[Mode]) -> Iterator[Finding]:
    if modes & {"callback", "socket"} and not settings.wecom.bot_name.strip():
        text = "QUORUM_WECOM__BOT_NAME is not set: in a group the second word of a longer name stays in the question"
        yield Finding("wecom name", text, warning=True)
