"""Downloads files from Slack's own hosts with our token; goes nowhere else, and takes no page for a file.

Not with httpx, which logs addresses, and so the names of files, at INFO and headers at DEBUG.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from adapters.files.fetching import MAX_BYTES, TIMEOUT_S, UnfetchedError, is_whole, received
from adapters.slack.calling.addresses import is_slacks
from bot.errors import MessengerBusyError, MessengerUnavailableError

if TYPE_CHECKING:
    from http.client import HTTPResponse

    from bot.settings import Slack
    from bot.types import Attachment

HOPS = 5
_ADDRESS = "%/:?#[]@!$&'()*+,;=~"
_TOO_MANY, _BROKEN = 429, 500
_MOVED = frozenset({301, 302, 303, 307, 308})
_DENIED = frozenset({401, 403, 407})
_HTML = ("text/html", "application/xhtml+xml")
_LOST = (OSError, HTTPException)


class _Standing(HTTPRedirectHandler):
    """Follows nothing: the token must not go where a redirect leads before that address was looked at."""

    def redirect_request(self, *_: object) -> None:
        return None


class Downloads:
    """Fetches files; any number of threads may use it at once."""

    def __init__(self, settings: Slack) -> None:
        """Use the bot's token, on Slack's hosts and that of the Web API alone."""
        self._token, self._api_url = settings.bot_token, settings.api_url
        self._opener = build_opener(_Standing)

    def fetch(self, file: Attachment, limit: int = MAX_BYTES) -> bytes:
        """Return the bytes of a file of at most `limit` bytes.

        Raises `UnfetchedError` for what will never come; `MessengerUnavailableError` when Slack does not answer, and
        `MessengerBusyError` when it wants a pause.
        """
        if file.size > limit:
            raise UnfetchedError(why="too_large")
        url = file.url
        for _ in range(HOPS):
            found = self._get(url, file, limit)
            if isinstance(found, bytes):
                return found
            url = urljoin(url, found)
        raise UnfetchedError(why="unavailable")

    def _get(self, url: str, file: Attachment, limit: int) -> bytes | str:
        """Return the file, or the address that it moved to; a host that only a redirect named gets no token."""
        if not is_slacks(url, self._api_url):
            raise UnfetchedError(why="external")
        # Names of files stand in addresses, and not every one comes quoted.
        plain = quote(url, safe=_ADDRESS)
        headers = {"Authorization": f"Bearer {self._token}"} if _host(url) == _host(file.url) else {}
        request = Request(plain, headers=headers)  # noqa: S310 - the address is Slack's
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as reply:
                return _content(reply, file, limit)
        except HTTPError as exc:
            with exc:
                return _elsewhere(exc)
        except _LOST as exc:
            message = f"Slack did not send file {file.id}: {type(exc).__name__}"
            raise MessengerUnavailableError(message) from None


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _content(reply: HTTPResponse, file: Attachment, limit: int) -> bytes:
    """Read the file while it comes, and make sure that it is the one that was announced."""
    announced_as_page = file.media_type in _HTML or file.name.lower().endswith((".html", ".htm"))
    if reply.headers.get_content_type() in _HTML and not announced_as_page:
        raise UnfetchedError(why="login")
    content = received(reply, limit)
    if not is_whole(reply, content):
        message = f"Slack did not send all of file {file.id}"
        raise MessengerUnavailableError(message)
    if file.size and len(content) != file.size:
        raise UnfetchedError(why="size")
    return content


def _elsewhere(reply: HTTPError) -> str:
    """Return where a file moved to, or raise what the status means."""
    target = reply.headers.get("location", "")
    if reply.code in _MOVED and target:
        return target
    if reply.code == _TOO_MANY:
        asked = reply.headers.get("retry-after", "")
        message = "Slack wants no downloads for a while"
        raise MessengerBusyError(message, float(asked) if asked.isdecimal() else 1.0) from None
    if reply.code >= _BROKEN:
        message = f"Slack did not send a file: HTTP {reply.code}"
        raise MessengerUnavailableError(message) from None
    raise UnfetchedError(why="access" if reply.code in _DENIED else "gone") from None
