"""The only place that calls WeCom's server API: one try a call, its errors as ours, no secret or text in any log."""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx

from adapters.wecom.calling.pauses import Pauses
from adapters.wecom.calling.secretive import QUERY, Secretive
from adapters.wecom.calling.tokens import Tokens
from adapters.wecom.credentials import owner
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from bot.ports import Leases, Store
    from bot.settings import Wecom

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
RESPONSE_URL = "response_url"
"""The name under which calls to response_urls are logged."""

ENDED = frozenset({40014, 42001})
"""The access token is invalid or over: another one is asked for, once."""

LIMITED = frozenset({45009, 45033})
"""Too many calls, or too many at once."""

UNTRUSTED = 60020
"""We call from an address that the app does not trust; WeCom says which."""

BUSY = -1
AGAIN_S = 1.0
TOO_MANY, BROKEN = 429, 500
_ADDRESS = re.compile(r"from ip: ([0-9a-fA-F.:]+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """What WeCom answered: a JSON object, and the errcode in it."""

    code: int
    data: dict[str, Any] = field(repr=False)


class WecomApi:
    """WeCom's server API as the self-built app; any number of threads may use it at once.

    Every call is tried once, for at most `TIMEOUT_S` seconds each to connect, send and read; one whose access token is
    over is made again with another. All methods raise `MessengerUnavailableError` where no reply came or WeCom is not
    well: what was asked may have been done. They raise `MessengerBusyError` where nothing was done: WeCom asks for a
    pause, an earlier one lasts, or there is nobody to connect to. And they raise `MessengerRefusedError`, with WeCom's
    errcode as its `code`, where it refuses; and what stores raise.
    """

    def __init__(self, settings: Wecom, store: Store, leases: Leases) -> None:
        """Use the app of the settings; the store keeps its token and the pauses, for all processes."""
        self._settings = settings
        self._base = settings.api_url.rstrip("/")
        self.owner = owner(settings)
        self._pauses = Pauses(store, self.owner)
        self._tokens = Tokens(store, leases, self.owner, self._gettoken)
        self._client = httpx.Client(transport=Secretive(self._base), timeout=TIMEOUT_S, follow_redirects=False)

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
            raise _refusal(RESPONSE_URL, "foreign_url")
        plain, _, query = url.partition("?")
        _checked(RESPONSE_URL, self._sent("POST", RESPONSE_URL, (plain, query), body))

    def is_wecoms(self, url: str) -> bool:
        """Tell whether an address is one of WeCom's API, over https, or on the very host that is set."""
        try:
            asked, known = urlsplit(url), urlsplit(self._base)
            same_place = (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
            is_public = (asked.scheme, asked.hostname) == ("https", "qyapi.weixin.qq.com") and asked.port in {None, 443}
        except ValueError:
            return False
        return (same_place or is_public) and asked.username is None

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
        self._client.close()

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
        return _checked(method, found)

    def _gettoken(self) -> tuple[str, float]:
        query = {"corpid": self._settings.corp_id.strip(), "corpsecret": self._settings.secret.strip()}
        found = _checked("gettoken", self._paused("GET", "gettoken", query, None)).data
        text, life_s = str(found.get("access_token") or ""), found.get("expires_in")
        if not text:
            message = "WeCom gave no access token"
            raise MessengerUnavailableError(message)
        return text, float(life_s) if isinstance(life_s, int | float) else 7_200.0

    def _paused(self, verb: str, method: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> Reply:
        """Make a call unless a pause lasts, and begin one where WeCom asks for it."""
        with self._pauses.turn():
            found = self._sent(verb, method, (f"{self._base}/cgi-bin/{method}", urlencode(query)), body)
            if found.code in LIMITED:
                raise self._pauses.begin()
        return found

    def _sent(self, verb: str, method: str, where: tuple[str, str], body: Mapping[str, object] | None) -> Reply:
        """Send one request to an address and its query, which nobody is to see."""
        url, query = where
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        started = time.perf_counter()
        try:
            reply = self._client.request(
                verb,
                url,
                content=content,
                headers={} if content is None else {"Content-Type": "application/json"},
                extensions={QUERY: query},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise MessengerBusyError(_unanswered(method, type(exc).__name__), AGAIN_S) from None
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise MessengerUnavailableError(_unanswered(method, type(exc).__name__)) from None
        found = _read(method, reply)
        log.debug("wecom %s errcode %d in %.3f s", method, found.code, time.perf_counter() - started)
        return found


def _read(method: str, reply: httpx.Response) -> Reply:
    """Return what came as JSON; raises where it is a page or an HTTP error."""
    if reply.status_code == TOO_MANY:
        raise MessengerBusyError(_unanswered(method, "HTTP 429"), AGAIN_S)
    try:
        data = reply.json()
    except (ValueError, RecursionError):
        data = None
    if reply.status_code >= BROKEN or not isinstance(data, dict):
        raise MessengerUnavailableError(_unanswered(method, f"HTTP {reply.status_code} without a result"))
    code = data.get("errcode", 0)
    return Reply(code if isinstance(code, int) else BUSY, data)


def _checked(method: str, reply: Reply) -> Reply:
    """Return a reply that says that it was done."""
    if reply.code == BUSY:
        raise MessengerUnavailableError(_unanswered(method, "errcode -1"))
    if reply.code in LIMITED:
        raise MessengerBusyError(_unanswered(method, f"errcode {reply.code}"), AGAIN_S)
    if reply.code:
        raise _refusal(method, str(reply.code), _address(reply))
    return reply


def _unanswered(method: str, why: str) -> str:
    return f"WeCom did not answer {method}: {why}"


def _address(reply: Reply) -> str:
    """Say from where we called, if that is what WeCom minds."""
    found = _ADDRESS.search(str(reply.data.get("errmsg"))) if reply.code == UNTRUSTED else None
    return f" for {found[1]}" if found else ""


def _refusal(method: str, code: str, address: str = "") -> MessengerRefusedError:
    return MessengerRefusedError(f"WeCom refused {method}: errcode {code}{address}", code)
