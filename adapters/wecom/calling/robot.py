"""The only place that calls a group's robot, whose address is its key: at most twenty times a minute.

WeCom refuses more (developer.work.weixin.qq.com/document/path/91770), so that who has more to say waits.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from adapters.wecom.calling.exchange import LIMITED, Exchange, checked, is_wecoms
from adapters.wecom.calling.pauses import Pauses
from adapters.wecom.calling.quota import Quota
from bot.errors import ConfigurationError, MessengerRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Leases, Store

SETTING = "QUORUM_HELPDESK__WECOM_WEBHOOK"
NAME = "webhook/send"
"""The name under which calls are logged."""

UNKNOWN = "93000"
"""There is no such robot, or no longer."""

A_MINUTE, AN_HOUR = 20, 1_200
_PLAIN = re.compile(r"[\x21-\x7e]+")


class Robot:
    """A group's robot; any number of threads and processes may let it speak at once, and share its quota.

    Both methods raise `MessengerBusyError` where nothing was said: the quota is used up, WeCom asks for a pause, or
    there is nobody to connect to. They raise `MessengerUnavailableError` where something may have been said,
    `MessengerRefusedError` where WeCom refuses, and what stores raise.
    """

    def __init__(self, address: str, api_url: str, store: Store, leases: Leases) -> None:
        """Use the robot's address. Raises `ConfigurationError`, which does not show it, where it is none of WeCom's."""
        self._where = _place(address.strip(), api_url)
        owner = hashlib.sha256(address.strip().encode()).hexdigest()[:16]
        self._exchange = Exchange(self._where[0])
        self._pauses = Pauses(store, owner)
        self._quota = Quota(store, leases, owner, a_minute=A_MINUTE, an_hour=AN_HOUR)

    def say(self, body: Mapping[str, object]) -> None:
        """Say something in the group."""
        with self._pauses.turn():
            self._quota.take("robot")
            found = self._exchange.send("POST", NAME, self._where, body)
            if found.code in LIMITED:
                raise self._pauses.begin()
        checked(NAME, found)

    def check(self) -> None:
        """Look whether WeCom knows the robot, by a message without a kind, which it refuses and shows to nobody."""
        try:
            self.say({})
        except MessengerRefusedError as exc:
            if exc.code == UNKNOWN:
                raise


def _place(address: str, api_url: str) -> tuple[str, str]:
    """Return a robot's address without its query, and the query."""
    plain, _, query = address.partition("?")
    is_robot = is_wecoms(address, api_url) and urlsplit(address).path.endswith(f"/cgi-bin/{NAME}")
    if not is_robot or not _PLAIN.fullmatch(address) or "#" in address or not parse_qs(query).get("key"):
        message = (
            f"{SETTING} is no address of a group's robot: copy it from WeCom (the group > … > 群机器人 > Webhook地址), "
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
        )
        raise ConfigurationError(message)
    return plain, query
