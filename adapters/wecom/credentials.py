"""Which of WeCom's credentials are set, and whether they make sense together (design.md, section 11)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import Wecom

Mode = Literal["app", "callback", "socket"]
"""Ways by which WeCom reaches us: the self-built app's callback, the AI bot's callback, the AI bot's connection."""

APP = ("corp_id", "agent_id", "secret", "token", "aes_key")
CALLBACK = ("bot_token", "bot_aes_key")
SOCKET = ("bot_id", "bot_secret")
_SETS: Mapping[Mode, tuple[str, ...]] = {"app": APP, "callback": CALLBACK, "socket": SOCKET}
_WHERE = {
    "corp_id": "我的企业 > 企业信息: 企业ID, ww…",
    "agent_id": "应用管理 > the app: AgentId",
    "secret": "应用管理 > the app: Secret",
    "token": "应用管理 > the app > 接收消息 > 设置API接收: Token",
    "aes_key": "应用管理 > the app > 接收消息 > 设置API接收: EncodingAESKey",
    "bot_token": "安全与管理 > 管理工具 > 智能机器人 > API模式, URL回调: Token",
    "bot_aes_key": "安全与管理 > 管理工具 > 智能机器人 > API模式, URL回调: EncodingAESKey",
    "bot_id": "安全与管理 > 管理工具 > 智能机器人 > API模式, 长连接: Bot ID",
    "bot_secret": "安全与管理 > 管理工具 > 智能机器人 > API模式, 长连接: Secret",
}


def modes(wecom: Wecom) -> frozenset[Mode]:
    """Return the ways by which WeCom reaches us; none where nothing is set.

    Raises `ConfigurationError` that names the setting: half a set of credentials, an EncodingAESKey or AgentId that can
    be none, or the AI bot both by callback and by long connection.
    """
    found: set[Mode] = set()
    for mode, names in _SETS.items():
        given = [name for name in names if _value(wecom, name)]
        if given and len(given) < len(names):
            raise ConfigurationError(_missing(given[0], next(name for name in names if name not in given)))
        if given:
            found.add(mode)
    if {"callback", "socket"} <= found:
        raise ConfigurationError(_both())
    if "app" in found:
        _check_number(wecom)
        _check_key("aes_key", wecom.aes_key)
    if "callback" in found:
        _check_key("bot_aes_key", wecom.bot_aes_key)
    return frozenset(found)


def is_set(wecom: Wecom) -> bool:
    """Tell whether anything of WeCom's credentials is set."""
    return any(_value(wecom, name) for names in _SETS.values() for name in names)


def missing(mode: Mode) -> str:
    """Say what to set so that a way by which nothing reaches us yet is open."""
    return ", ".join(setting(name) for name in _SETS[mode])


def setting(name: str) -> str:
    """Return the variable of a setting."""
    return f"QUORUM_WECOM__{name.upper()}"


def owner(wecom: Wecom) -> str:
    """Return a short name of the app that is set, another for every secret; for keys in the store."""
    said = [wecom.corp_id.strip(), wecom.agent_id.strip(), wecom.secret.strip(), wecom.api_url]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def _value(wecom: Wecom, name: str) -> str:
    return str(getattr(wecom, name)).strip()


def _missing(given: str, name: str) -> str:
    return f"{setting(given)} is set and {setting(name)} is not. Copy it from WeCom's admin console ({_WHERE[name]})."


def _both() -> str:
    return (
        f"{setting('bot_token')} and {setting('bot_id')} are both set, but an AI bot has either a callback or a long "
        "connection: WeCom ends the one when the other is switched on. Unset the two settings of the one you do not "
        "use; docs/wecom.md says which is for what."
    )


def _check_number(wecom: Wecom) -> None:
    if not (wecom.agent_id.strip().isascii() and wecom.agent_id.strip().isdigit()):
        message = f"{setting('agent_id')} is no number. Copy it from WeCom's admin console ({_WHERE['agent_id']})."
        raise ConfigurationError(message)


def _check_key(name: str, value: str) -> None:
    from adapters.wecom import crypto

    try:
        crypto.key(value.strip())
    except ConfigurationError as exc:
        message = f"{setting(name)} cannot be right. {exc} ({_WHERE[name]})"
        raise ConfigurationError(message) from None
