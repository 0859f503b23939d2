"""One request to WeCom and its reply: tried once, its errors as ours, no secret or text in any log."""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from adapters.wecom.calling.secretive import QUERY, Secretive
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0

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


class Exchange:
    """Sends requests for at most `TIMEOUT_S` seconds each to connect, send and read; any number of threads may."""

    def __init__(self, api_url: str) -> None:
        """Use the proxy that the environment names for this address, if it names one."""
        self._client = httpx.Client(transport=Secretive(api_url), timeout=TIMEOUT_S, follow_redirects=False)

    def send(self, verb: str, name: str, where: tuple[str, str], body: Mapping[str, object] | None) -> Reply:
        """Send one request to an address and its query, which nobody is to see; logs know it by its name.

        Raises `MessengerBusyError` where nothing was done, and `MessengerUnavailableError` where it may have been.
        """
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
            raise MessengerBusyError(_unanswered(name, type(exc).__name__), AGAIN_S) from None
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise MessengerUnavailableError(_unanswered(name, type(exc).__name__)) from None
        found = _read(name, reply)
        log.debug("wecom %s errcode %d in %.3f s", name, found.code, time.perf_counter() - started)
        return found

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def checked(name: str, reply: Reply) -> Reply:
    """Return a reply that says that it was done.

    Raises `MessengerUnavailableError` where WeCom is busy, `MessengerBusyError` where it was asked too often, and
    `MessengerRefusedError` with WeCom's errcode as its `code` otherwise.
    """
    if reply.code == BUSY:
        raise MessengerUnavailableError(_unanswered(name, "errcode -1"))
    if reply.code in LIMITED:
        raise MessengerBusyError(_unanswered(name, f"errcode {reply.code}"), AGAIN_S)
    if reply.code:
        raise refusal(name, str(reply.code), _address(reply))
    return reply


def refusal(name: str, code: str, address: str = "") -> MessengerRefusedError:
    """Return the error of a call that WeCom, or we, refuse."""
    return MessengerRefusedError(f"WeCom refused {name}: errcode {code}{address}", code)


def is_wecoms(url: str, api_url: str) -> bool:
    """Tell whether an address is one of WeCom's API, over https, or on the very host that is set as `api_url`."""
    try:
        asked, known = urlsplit(url), urlsplit(api_url)
        same_place = (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
        is_public = (asked.scheme, asked.hostname) == ("https", "qyapi.weixin.qq.com") and asked.port in {None, 443}
    except ValueError:
        return False
    return (same_place or is_public) and asked.username is None


def _read(name: str, reply: httpx.Response) -> Reply:
    """Return what came as JSON; raises where it is a page or an HTTP error."""
    if reply.status_code == TOO_MANY:
        raise MessengerBusyError(_unanswered(name, "HTTP 429"), AGAIN_S)
    try:
        data = reply.json()
    except (ValueError, RecursionError):
        data = None
    if reply.status_code >= BROKEN or not isinstance(data, dict):
        raise MessengerUnavailableError(_unanswered(name, f"HTTP {reply.status_code} without a result"))
    code = data.get("errcode", 0)
    return Reply(code if isinstance(code, int) else BUSY, data)


def _unanswered(name: str, why: str) -> str:
    return f"WeCom did not answer {name}: {why}"


def _address(reply: Reply) -> str:
    """Say from where we called, if that is what WeCom minds."""
    found = _ADDRESS.search(str(reply.data.get("errmsg"))) if reply.code == UNTRUSTED else None
    return f" for {found[1]}" if found else ""
