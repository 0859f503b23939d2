"""The only place that calls Slack: one try a call, its errors as ours, and no text, token or address in any log."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from socket import gaierror
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.error import URLError

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError

from adapters.slack.calling.addresses import is_slacks
from adapters.slack.calling.pauses import Pauses
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Store
    from bot.settings import Slack

log = logging.getLogger(__name__)

TIMEOUT_S = 5
RESPONSE_URL = "response_url"
"""The name under which calls to response_urls are logged and paused."""

SILENT = logging.Logger("slack_sdk.silent", logging.CRITICAL + 1)  # noqa: LOG001 - no operator's setting reaches it
"""For the SDK, which would log addresses, texts and replies."""

LIMITED = frozenset({"ratelimited", "rate_limited"})
PASSING = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
"""What Slack answers when it is not well itself (docs.slack.dev, errors that all methods have)."""

PAGE = 200
TOO_MANY = 429
WRONG, BROKEN = 400, 500
AGAIN_S = 1.0

_CODE = re.compile(r"[\w.-]{1,80}")
_DONE = re.compile(r'\s*(ok|\{\s*"ok"\s*:\s*true.*)?\s*', re.DOTALL)
_LOST = (OSError, HTTPException, ValueError, LookupError, AttributeError)
"""A lost connection, half a reply, and the several ways in which the SDK stumbles over a reply that is no object."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What Slack answered: the result, and the headers with names in lower case."""

    data: dict[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class SlackApi:
    """Slack's Web API as a bot; any number of threads may use it at once.

    Every call is tried once, for at most `TIMEOUT_S` seconds each to connect, send and read. All methods raise
    `MessengerUnavailableError` where no reply came or Slack is not well: what was asked may have been done.
    They raise `MessengerBusyError` where nothing was done: Slack asks for a pause, an earlier one lasts, or there is
    nobody to connect to.
    And they raise `MessengerRefusedError`, with Slack's word as its `code`, where it refuses.
    """

    def __init__(self, settings: Slack, store: Store) -> None:
        """Use the settings' token and address; the store keeps the pauses."""
        self._api_url = settings.api_url
        self._pauses = Pauses(store)
        self._client = WebClient(
            settings.bot_token, base_url=settings.api_url, timeout=TIMEOUT_S, logger=SILENT, retry_handlers=[]
        )
        self._client.proxy = None  # the SDK knows no NO_PROXY; without its proxy, urllib does as the environment says

    def call(self, method: str, *, channel: str = "", **arguments: object) -> dict[str, Any]:
        """Call a method such as `chat.postMessage` and return its result; arguments that are None are left out."""
        return self.ask(method, channel=channel, **arguments).data

    def ask(self, method: str, *, channel: str = "", **arguments: object) -> Reply:
        """Call a method and return its result with the headers."""
        with self._pauses.turn(method, channel):
            return self._ask(method, channel, arguments)

    def pages(self, method: str, *, channel: str = "", **arguments: object) -> Iterator[dict[str, Any]]:
        """Call a method that lists something, and yield the result of every page."""
        cursor: str | None = None
        while cursor != "":
            found = self.call(method, channel=channel, limit=PAGE, cursor=cursor, **arguments)
            yield found
            cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")

    def respond(self, url: str, body: Mapping[str, object]) -> None:
        """Answer at a response_url; one that is not Slack's is refused as `foreign_url`, and gets nothing.

        An error page means that nothing was shown, and raises `MessengerBusyError` too.
        """
        if not is_slacks(url, self._api_url):
            raise _refusal(RESPONSE_URL, "foreign_url")
        with self._pauses.turn(RESPONSE_URL, ""):
            self._respond(url, body)

    def _respond(self, url: str, body: Mapping[str, object]) -> None:
        client = WebhookClient(url, timeout=TIMEOUT_S, logger=SILENT, retry_handlers=[])
        client.proxy = None
        try:
            reply = client.send_dict(dict(body))
        except _LOST as exc:
            raise _lost(RESPONSE_URL, exc) from None
        if reply.status_code == TOO_MANY:
            raise self._pauses.begin(RESPONSE_URL, "", _seconds(reply.headers))
        if reply.status_code >= WRONG or not _DONE.fullmatch(reply.body):
            _raise_response(reply.status_code, reply.body)

    def _ask(self, method: str, channel: str, arguments: Mapping[str, object]) -> Reply:
        given = {name: value for name, value in arguments.items() if value is not None}
        if channel:
            given["channel"] = channel
        # Methods that only read take no JSON; and none of them has arguments that only JSON can carry.
        needs_json = any(isinstance(value, dict | list | tuple) for value in given.values())
        started = time.perf_counter()
        try:
            reply = self._client.api_call(
                method, json=given if needs_json else None, params=None if needs_json else given
            )
        except SlackApiError as exc:
            self._refused(method, channel, exc)
        except _LOST as exc:
            raise _lost(method, exc) from None
        log.debug("slack %s channel %s in %.3f s", method, channel or "-", time.perf_counter() - started)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return Reply(reply.data if isinstance(reply.data, dict) else {}, headers)

    def _refused(self, method: str, channel: str, exc: SlackApiError) -> NoReturn:
        """Raise what a reply means that is not ok."""
        status, data = exc.response.status_code, exc.response.data
        code = str(data.get("error") or "") if isinstance(data, dict) else ""
        if status == TOO_MANY or code in LIMITED:
            raise self._pauses.begin(method, channel, _seconds(exc.response.headers)) from None
        if status >= BROKEN or code in PASSING or not _CODE.fullmatch(code):
            raise MessengerUnavailableError(_unanswered(method, f"HTTP {status}")) from None
        raise _refusal(method, code) from None


def _raise_response(status: int, body: str) -> NoReturn:
    """Raise what a response_url's reply means that is not ok: JSON with a code, a bare code, or something else."""
    found = re.search(r'"error"\s*:\s*"([\w.-]{1,80})"', body)
    code = found[1] if found else body.strip()
    if status < BROKEN and _CODE.fullmatch(code):
        raise _refusal(RESPONSE_URL, code)
    if WRONG <= status < BROKEN:
        raise _refusal(RESPONSE_URL, f"http_{status}")
    raise MessengerBusyError(_unanswered(RESPONSE_URL, f"HTTP {status}"), AGAIN_S)


def _seconds(headers: Mapping[str, str]) -> float:
    """Return how long Slack wants to be left alone."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(given) if given.isdecimal() else 1.0


def _lost(method: str, exc: Exception) -> MessengerUnavailableError:
    """Return the error for a call without a reply; where there was no connection, nothing was done."""
    said = _unanswered(method, type(exc).__name__)
    if isinstance(exc, URLError) and isinstance(exc.reason, ConnectionRefusedError | gaierror):
        return MessengerBusyError(said, AGAIN_S)
    return MessengerUnavailableError(said)


def _unanswered(method: str, why: str) -> str:
    return f"Slack did not answer {method}: {why}"


def _refusal(method: str, code: str) -> MessengerRefusedError:
    return MessengerRefusedError(f"Slack refused {method}: {code}", code)
