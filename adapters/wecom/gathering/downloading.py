"""Downloads what people send: an app's media by their ids, an AI bot's from WeCom's storage, which must be decrypted.

Not with httpx, which logs headers at DEBUG, and so the names of files.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from adapters.files.fetching import MAX_BYTES, TIMEOUT_S, UnfetchedError, is_whole, received
from adapters.files.reading import Fetched
from adapters.wecom import crypto
from adapters.wecom.calling.client import ENDED
from adapters.wecom.calling.exchange import BUSY, LIMITED
from adapters.wecom.errors import BadPayloadError
from bot.errors import ConfigurationError, MessengerUnavailableError

if TYPE_CHECKING:
    from http.client import HTTPResponse

    from adapters.wecom.calling.client import WecomApi
    from bot.settings import Wecom

    Headers = Any

STORAGE = (".myqcloud.com", ".tencentcos.cn", ".qq.com", ".qpic.cn")
"""Where WeCom keeps what is sent to an AI bot; what is anywhere else is not fetched."""

KEY = "#aeskey="
"""Parts an address from the key of this one file."""

_WORDS = frozenset({"application/json", "text/plain"})
"""Types in which refusals come."""

_BROKEN, _TOO_MANY = 500, 429
_LOST = (OSError, HTTPException)
_ENCODED = re.compile(r"filename\*\s*=\s*(?:utf-8)?'[^']*'([^;]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)


class _Standing(HTTPRedirectHandler):
    """Follows nothing: nobody looked at where it leads."""

    def redirect_request(self, *_: object) -> None:
        return None


class Downloads:
    """Fetches media; any number of threads may use it at once.

    All methods raise `UnfetchedError` for what will never come, `MessengerUnavailableError` when WeCom does not answer,
    and `MessengerBusyError` when it wants a pause.
    """

    def __init__(self, settings: Wecom, api: WecomApi | None) -> None:
        """Take the app's client, None where there is no app, and the AI bot's key."""
        self._settings, self._api = settings, api
        self._base = settings.api_url.rstrip("/")
        self._opener = build_opener(_Standing)

    def medium(self, media_id: str, limit: int = MAX_BYTES) -> Fetched:
        """Return a medium that was sent to the app."""
        if self._api is None:
            raise UnfetchedError(why="unavailable")
        token, sent_at = self._api.token(), time.time()
        found = self._medium(self._api, media_id, token, limit)
        if not isinstance(found, Fetched) and found in ENDED:
            found = self._medium(self._api, media_id, self._api.renewed(token, sent_at), limit)
        if isinstance(found, Fetched):
            return found
        if found == BUSY or found in ENDED:
            message = f"WeCom did not send a medium: errcode {found}"
            raise MessengerUnavailableError(message)
        raise UnfetchedError(why="unavailable")

    def sealed(self, address: str, limit: int = MAX_BYTES) -> Fetched:
        """Return a file that was sent to the AI bot, decrypted; `address` may end in the file's own key."""
        url, _, own_key = address.partition(KEY)
        if not self._is_storage(url):
            raise UnfetchedError(why="external")
        try:
            key = _decoded(own_key) if own_key else crypto.key(self._settings.bot_aes_key.strip())
            name, content, _ = self._opened(url, limit + crypto.BLOCK)
            return Fetched(name, crypto.media(content, key))
        except (BadPayloadError, ConfigurationError):
            raise UnfetchedError(why="corrupt") from None

    def _medium(self, api: WecomApi, media_id: str, token: str, limit: int) -> Fetched | int:
        """Return a medium, or the errcode that came as JSON in its place."""
        query = urlencode({"access_token": token, "media_id": media_id})
        with api.turn():
            name, content, headers = self._opened(f"{self._base}/cgi-bin/media/get?{query}", limit)
            code = 0 if name or headers.get_content_type() not in _WORDS else _errcode(content)
            if code in LIMITED:
                raise api.limited()
        return code or Fetched(name, content)

    def _opened(self, url: str, limit: int) -> tuple[str, bytes, Headers]:
        """Return a body with its name, empty where it has none, and the headers."""
        request = Request(quote(url, safe=string.punctuation))  # noqa: S310 - http or https, as `_is_storage` and the settings have it
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as reply:
                return _named(reply.headers), _whole(reply, limit), reply.headers
        except HTTPError as exc:
            with exc:
                code = exc.code
        except _LOST as exc:
            message = f"WeCom did not send a file: {type(exc).__name__}"
            raise MessengerUnavailableError(message) from None
        if code >= _BROKEN or code == _TOO_MANY:
            message = f"WeCom did not send a file: HTTP {code}"
            raise MessengerUnavailableError(message)
        raise UnfetchedError(why="unavailable")

    def _is_storage(self, url: str) -> bool:
        try:
            asked, known = urlsplit(url), urlsplit(self._base)
            same_place = (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
            is_public = asked.scheme == "https" and asked.port in {None, 443}
        except ValueError:
            return False
        if asked.username is not None or not asked.hostname:
            return False
        return same_place or (is_public and asked.hostname.endswith(STORAGE))


def _errcode(content: bytes) -> int:
    """Return the errcode of a refusal; 0 for a file that happens to be JSON."""
    try:
        code = json.loads(content)["errcode"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return 0
    return code if isinstance(code, int) else BUSY


def _whole(reply: HTTPResponse, limit: int) -> bytes:
    content = received(reply, limit)
    if not is_whole(reply, content):
        message = "WeCom did not send all of a file"
        raise MessengerUnavailableError(message)
    return content


def _named(headers: Headers) -> str:
    """Return the name of a file, as it is encoded rather than as it is spelled in ASCII (RFC 6266)."""
    said = headers.get("content-disposition", "")
    if found := _ENCODED.search(said):
        return unquote(found[1].strip().strip('"'))
    if found := _PLAIN.search(said):
        plain = found[1] or found[2] or ""
        return unquote(plain.encode("latin-1", "replace").decode("utf-8", "replace"))
    return ""


def _decoded(own_key: str) -> bytes:
    """Return the key of one file, whose padding may be missing; raises `BadPayloadError`."""
    try:
        found = base64.b64decode(own_key + "=" * (-len(own_key) % 4), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != crypto.BLOCK:
        message = "The key of a file is none."
        raise BadPayloadError(message)
    return found
