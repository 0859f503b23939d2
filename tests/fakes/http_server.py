"""A real HTTP server for fakes: many connections at once, and it can go down and come back on its port."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from scripts.services.machine import HOST, free_port

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Said:
    """One reply; a `lost` one is never sent: the connection ends instead."""

    status: int = 200
    value: object = None
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


class Listener(ThreadingHTTPServer):
    """What listens: it waits for no thread of its own at the end."""

    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about askers that were killed in the middle of a sentence."""


class HttpServer:
    """Answers each request with what `answer` returns; subclasses say what that is."""

    def __init__(self) -> None:
        self.port = free_port()
        self._listener: Listener | None = None

    def answer(self, method: str, path: str, body: Any) -> Said:  # noqa: ANN401 - JSON
        """Return the reply to one request; called by many threads at once."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def up(self) -> None:
        """Begin to listen."""
        self._listener = Listener((HOST, self.port), _handler(self))
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def down(self) -> None:
        """Stop listening: connections are refused until it is up again."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.down()


def _handler(server: HttpServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = server.answer(self.command, self.path, json.loads(body or b"null"))
            self.close_connection = True
            if said.lost:
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = do_PUT = _do  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Handler
