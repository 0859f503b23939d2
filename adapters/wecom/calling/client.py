"""The only place that calls WeCom's server API: one try a call, its errors as ours, no secret or text in any log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from adapters.wecom.calling.exchange import LIMITED, Exchange, checked, is_wecoms, refusal
from adapters.wecom.calling.pauses import Pauses
from adapters.wecom.calling.tokens import Tokens
from adapters.wecom.credentials import owner
from bot.errors import MessengerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from adapters.wecom.calling.exchange import Reply
    from bot.errors import MessengerBusyError
    from bot.ports import Leases, Store
    from bot.settings import Wecom

RESPONSE_URL = "response_url"
"""The name under which calls to response_urls are logged."""

ENDED = frozenset({40014, 42001})
"""The access token is invalid or over: another one is asked for, once."""


class WecomApi:
    """WeCom's server API as the self-built app; any number of threads may use it at once.

    Every call is tried once; one whose access token is over is made again with another. All methods raise
    `MessengerUnavailableError` where no reply came or WeCom is not well: what was asked may have been done. They raise
    `MessengerBusyError` where nothing was done: WeCom asks for a pause, an earlier one lasts, or there is nobody to
    connect to. And they raise `MessengerRefusedError`, with WeCom's errcode as its `code`, where it refuses; and what
    stores raise.
    """

    def __init__(self, settings: Wecom, store: Store, leases: Leases) -> None:
        """Use the app of the settings; the store keeps its token and the pauses, for all processes."""
        self._settings = settings
        self._base = settings.api_url.rstrip("/")
        self.owner = owner(settings)
        self._pauses = Pauses(store, self.owner)
        self._tokens = Tokens(store, leases, self.owner, self._gettoken)
        self._exchange = Exchange(self._base)

    @property
    def agent(self) -> int:
        """The number of the app."""
        return int(self._settings.agent_id or 0)

    def get(self, method: str, **query: str) -> dict[str, Any]:
        """Call a method that reads, such as `user/get`, and return its result."""
        return self._signed("GET", method, query, None).data

    def post(self, method: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Call a method that takes JSON, such as `message/send`, and return its result."""
        return self._signed("POST", method, {}, body).data

    def respond(self, url: str, body: Mapping[str, object]) -> None:
        """Post to a response_url of the AI bot, once; one that is not WeCom's gets nothing, and is `foreign_url`."""
        if not self.is_wecoms(url):
            raise refusal(RESPONSE_URL, "foreign_url")
        plain, _, query = url.partition("?")
        checked(RESPONSE_URL, self._exchange.send("POST", RESPONSE_URL, (plain, query), body))

    def is_wecoms(self, url: str) -> bool:
        """Tell whether an address is one of WeCom's API, over https, or on the very host that is set."""
        return is_wecoms(url, self._base)

    def token(self) -> str:
        """Return the app's access token, for downloads that do not go through here."""
        return self._tokens.current()

    def renewed(self, refused: str, sent_at: float) -> str:
        """Return another access token than the one that WeCom refused in a call made at `sent_at`, in Unix time."""
        return self._tokens.renewed(refused, sent_at)

    def turn(self) -> AbstractContextManager[None]:
        """Return what a download stands in, so that it keeps the pauses that WeCom asks for."""
        return self._pauses.turn()

    def limited(self) -> MessengerBusyError:
        """Begin a pause that WeCom asked for in a download, and return the error that says so."""
        return self._pauses.begin()

    def check(self) -> None:
        """Ask for an access token now, as the doctor does, whatever is kept."""
        self._gettoken()

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _signed(self, verb: str, method: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> Reply:
        """Make a call with the access token, once more with another if that is over."""
        token, sent_at = self._tokens.current(), time.time()
        found = self._paused(verb, method, {**query, "access_token": token}, body)
        if found.code in ENDED:
            token = self._tokens.renewed(token, sent_at)
            found = self._paused(verb, method, {**query, "access_token": token}, body)
        if found.code in ENDED:
            message = f"WeCom took no access token for {method}: {found.code}"
            raise MessengerUnavailableError(message)
        return checked(method, found)

    def _gettoken(self) -> tuple[str, float]:
        query = {"corpid": self._settings.corp_id.strip(), "corpsecret": self._settings.secret.strip()}
        found = checked("gettoken", self._paused("GET", "gettoken", query, None)).data
        text, life_s = str(found.get("access_token") or ""), found.get("expires_in")
        if not text:
            message = "WeCom gave no access token"
            raise MessengerUnavailableError(message)
        return text, float(life_s) if isinstance(life_s, int | float) else 7_200.0

    def _paused(self, verb: str, method: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> Reply:
        """Make a call unless a pause lasts, and begin one where WeCom asks for it."""
        with self._pauses.turn():
            found = self._exchange.send(verb, method, (f"{self._base}/cgi-bin/{method}", urlencode(query)), body)
            if found.code in LIMITED:
                raise self._pauses.begin()
        return found
