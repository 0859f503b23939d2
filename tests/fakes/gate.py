"""Stands before a real Elasticsearch: asks for a password, speaks TLS, records requests, and misbehaves on order."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tests.fakes.http_server import Listener

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

PRODUCT = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/vnd.elasticsearch+json;compatible-with=9"}


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    body: bytes

    @property
    def lines(self) -> list[Any]:
        """A body of many JSON lines, as bulk and multi-search send it."""
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass(frozen=True)
class Reply:
    """What goes out: `lost` ends the connection without a word, `hold` answers only when the gate closes."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: dict(PRODUCT))
    lost: bool = False
    hold: bool = False


def refused(status: int, kind: str, reason: str) -> Reply:
    """Word an error as Elasticsearch does."""
    error = {"root_cause": [{"type": kind, "reason": reason}], "type": kind, "reason": reason}
    return Reply(status, json.dumps({"error": error, "status": status}).encode())


class Gate:
    """Passes on what `script` has no reply for; `behind` is the real server's URL, or empty when there is none.

    With `logins` only these `user:password` pairs pass; `certificate` (with its key behind it) makes it speak TLS.
    """

    def __init__(
        self,
        behind: str = "",
        script: Callable[[Request], Reply | None] = lambda _: None,
        logins: tuple[str, ...] = (),
        certificate: Path | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._behind, self._script = urlsplit(behind), script
        self._logins = {base64.b64encode(login.encode()).decode() for login in logins}
        self._http = Listener(("127.0.0.1", 0), _handler(self))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._tls = certificate is not None
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, request: Request, login: str) -> Reply:
        """Decide on one request."""
        self.requests.append(request)
        if self._logins and login.rpartition(" ")[2] not in self._logins:
            return refused(401, "security_exception", "unable to authenticate user")
        return self._script(request) or self.pass_on(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    def pass_on(self, request: Request) -> Reply:
        """Ask the real server."""
        connection = http.client.HTTPConnection(self._behind.hostname or "", self._behind.port, timeout=60)
        many = request.path.partition("?")[0].endswith(("_bulk", "_msearch"))
        kind = f"application/vnd.elasticsearch+{'x-nd' if many else ''}json; compatible-with=9"
        try:
            headers = {"Content-Type": kind} if request.body else {}
            accept = {"Accept": "application/vnd.elasticsearch+json; compatible-with=9"}
            connection.request(request.method, request.path, request.body or None, headers | accept)
            response = connection.getresponse()
            return Reply(response.status, response.read())
        finally:
            connection.close()


def _handler(gate: Gate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = gate.answer(Request(self.command, self.path, body), self.headers.get("Authorization", ""))
            if reply.hold:
                gate.released.wait()
            if reply.lost or reply.hold:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _do  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Handler
