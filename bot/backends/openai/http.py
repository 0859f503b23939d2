"""Sends JSON to a model server and reads JSON back: retries, one deadline, and errors that hold no text and no key."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, NoReturn

from bot.backends.openai.address import is_loopback
from bot.errors import ModelRejectedError, ModelReplyError, ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from tenacity import RetryCallState

RETRY_AFTER_CAP_S = 30.0
"""A server that asks for a longer pause is left to the handler's own retry."""

BACKOFF_S = 0.5
MAX_REPLY_BYTES = 64_000_000
BUSY = frozenset({408, 409, 425, 429})
SERVER_ERROR = 500
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LABEL = re.compile(r"[A-Za-z][\w.-]{0,39}")
_SCHEMA_FIELD = re.compile(rb"response_format|json_schema|guided", re.IGNORECASE)
_PLAIN_PATH = re.compile(r"[\w./-]{1,100}", re.ASCII)
_CHECK_ADDRESS = "Check that the address is an OpenAI-compatible /v1."
_HINTS = {
    401: "Check QUORUM_MODELS__API_KEY.",
    403: "Check QUORUM_MODELS__API_KEY.",
    404: "Check the address (it usually ends in /v1) and the model's name.",
    413: "The request is too long for this server: raise its limit, or set a model with a longer context.",
}
_OTHER_HINT = "The request may be too long for this model, or a field is not supported. Look into the server's log."


class _AgainError(ModelUnavailableError):
    """Raised inside for what a further try may cure; `after_s` is what the server asked for."""

    after_s: float | None = None


class SchemaRefusedError(ModelRejectedError):
    """Raised when the server refuses a request and names the field that holds the schema."""


class Server:
    """One model server. Safe to use from several threads."""

    def __init__(
        self, url: str, api_key: str, timeout_s: float, attempts: int, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Remember how to call it; nothing is sent yet."""
        self._url = url.rstrip("/")
        self._key = api_key
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._sleep = sleep
        self._client: httpx.Client | None = None

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Send one request and return the JSON object of the reply.

        429, 5xx and lost connections are tried again, `Retry-After` obeyed up to 30 s. One reply must be complete
        within `timeout_s`. Raises `ModelUnavailableError`, `ModelRejectedError` (`SchemaRefusedError` where the server
        names the schema's field) or `ModelReplyError`.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        retrying = Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(self._attempts),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, path, body)
        except _AgainError as exc:
            message = f"{exc} Tried {self._attempts} times." if self._attempts > 1 else str(exc)
            raise ModelUnavailableError(message) from exc

    def _once(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        import httpx

        where = f"{self._url}{path}"
        try:
            status, headers, content = self._exchange(where, body)
        except httpx.TimeoutException as exc:
            message = (
                f"The model server at {self._url} did not answer within {self._timeout_s:g} s. "
                "Check the server's load and the address, or raise QUORUM_MODELS__TIMEOUT_S."
            )
            raise ModelUnavailableError(message) from exc
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as exc:
            message = (
                f"The model server at {self._url} broke off before its reply was whole ({type(exc).__name__}). "
                "Look into the server's log, or check the address."
            )
            raise _AgainError(message) from exc
        except httpx.TransportError as exc:
            message = f"The model server at {self._url} cannot be reached ({type(exc).__name__}). Is it running?"
            raise _AgainError(message) from exc
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as exc:
            message = f"{self._url!r} cannot be called ({type(exc).__name__}). Check the address."
            raise ModelRejectedError(message) from exc
        if status != httpx.codes.OK:
            self._refused(path, status, headers, content)
        return self._object(headers, content)

    def _exchange(self, where: str, body: Mapping[str, object]) -> tuple[int, httpx.Headers, bytes]:
        """Send and read under one deadline, which a server that trickles bytes cannot stretch."""
        import httpx

        deadline = time.monotonic() + self._timeout_s
        content = bytearray()
        with self._connected().stream("POST", where, json=body) as reply:
            for part in reply.iter_bytes():
                content += part
                if time.monotonic() > deadline:
                    message = "reply too slow"
                    raise httpx.ReadTimeout(message)
                if len(content) > MAX_REPLY_BYTES:
                    message = f"The reply of {self._url} is larger than {MAX_REPLY_BYTES} bytes. {_CHECK_ADDRESS}"
                    raise ModelReplyError(message)
            return reply.status_code, reply.headers, bytes(content)

    def _connected(self) -> httpx.Client:
        import httpx

        if self._client is None:
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            self._client = httpx.Client(
                headers=headers,
                timeout=self._timeout_s,
                trust_env=not is_loopback(self._url),
                limits=httpx.Limits(max_keepalive_connections=0),  # nothing is left open that someone must close
            )
        return self._client

    def _refused(self, path: str, status: int, headers: httpx.Headers, content: bytes) -> NoReturn:
        """Raise for a status other than 200; the server's own sentence may quote the prompt, so only labels stay."""
        said = f"The model server at {self._url} answered HTTP {status}"
        if status in BUSY or status >= SERVER_ERROR:
            again = _AgainError(f"{said}. Look into the server's log, or wait and ask again.")
            again.after_s = _seconds(headers.get("retry-after"))
            if again.after_s is not None and again.after_s > RETRY_AFTER_CAP_S:
                message = f"{said} and asks to wait {again.after_s:g} s. Ask again after that time."
                raise ModelUnavailableError(message)
            raise again
        labels = _labels(content)
        hint = _HINTS.get(status, _OTHER_HINT)
        if status in REDIRECTS:
            hint = _moved(f"{self._url}{path}", path, headers.get("location", ""))
        kind = SchemaRefusedError if _SCHEMA_FIELD.search(content) else ModelRejectedError
        message = f"{said}{f' ({labels})' if labels else ''}. {hint}"
        raise kind(message)

    def _object(self, headers: httpx.Headers, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as exc:
            kind = headers.get("content-type", "no content type").split(";")[0]
            cut = "cut JSON" if content.lstrip()[:1] in {b"{", b"["} else "no JSON"
            message = f"The model server at {self._url} sent {cut} ({kind}, {len(content)} bytes). {_CHECK_ADDRESS}"
            raise ModelReplyError(message) from exc
        if not isinstance(found, dict):
            message = (
                f"The model server at {self._url} sent a JSON {type(found).__name__} where an object belongs. "
                f"{_CHECK_ADDRESS}"
            )
            raise ModelReplyError(message)
        return found


def _pause(state: RetryCallState) -> float:
    """Wait as long as the server asked, else .5, 1, 2 … seconds, capped."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.after_s if isinstance(error, _AgainError) else None
    backoff = BACKOFF_S * 2.0 ** (state.attempt_number - 1)
    return min(backoff if asked is None else asked, RETRY_AFTER_CAP_S)


def _seconds(retry_after: str | None) -> float | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3)."""
    from email.utils import parsedate_to_datetime

    if not retry_after:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None


def _moved(called: str, path: str, location: str) -> str:
    """Say which base address to set after a redirect; a path that is not the protocol's may hold a secret."""
    import httpx

    try:
        target = httpx.URL(called).join(location)
    except (httpx.InvalidURL, ValueError):
        target = httpx.URL()
    if not location or not target.host:
        return f"It redirects to what is no address. {_CHECK_ADDRESS}"
    base = target.path.removesuffix(path) if target.path.endswith(path) else ""
    shown = f"{target.scheme}://{target.netloc.decode()}{base if _PLAIN_PATH.fullmatch(base) else ''}"
    return (
        f"It redirects to {shown}. If the model server is there, put that address into the setting: "
        "QUORUM_VOTERS, QUORUM_EMBEDDER or QUORUM_RERANKER."
    )


def _labels(content: bytes) -> str:
    """Pick `type` and `code` of an error object: closed words that hold nothing of the request."""
    try:
        error = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    inner = error.get("error", error) if isinstance(error, dict) else {}
    found = (inner.get(name) for name in ("type", "code")) if isinstance(inner, dict) else ()
    return ", ".join(dict.fromkeys(word for word in found if isinstance(word, str) and _LABEL.fullmatch(word)))


class Served:
    """A model of a server, for whatever it does."""

    def __init__(
        self,
        url: str,
        model: str,
        api_key: str = "",
        timeout_s: float = 60.0,
        attempts: int = 3,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Remember the server's base address (`http://host:8000/v1`) and the model's name; nothing is sent yet."""
        self._server = Server(url, api_key, timeout_s, attempts, sleep=sleep)
        self._url = url
        self._model = model
        self._attempts = attempts
