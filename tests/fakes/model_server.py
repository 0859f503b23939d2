"""A real HTTP server that speaks the OpenAI protocol, records requests, and misbehaves on order."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self

from tests.fakes.http_server import Listener

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Reply:
    """What the server sends: `cut` promises more bytes than come, `hold` keeps the asker waiting until the end."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hold: bool = False


@dataclass(frozen=True)
class Request:
    """What the server got."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def chat(*texts: str, tokens: int = 0) -> Reply:
    """Word a chat completion with these choices."""
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for i, text in enumerate(texts)
    ]
    return as_json({"object": "chat.completion", "choices": choices, "usage": {"completion_tokens": tokens}})


def as_json(value: object, status: int = 200) -> Reply:
    """Word any JSON reply."""
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


class ModelServer:
    """Sends the scripted replies in order, the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Request] = []
        self._replies = deque(replies)
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._http = Listener(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """The base address, as the setting has it."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def take(self, request: Request) -> Reply:
        """Record the request and choose its reply."""
        with self._lock:
            self.requests.append(request)
            reply = self._replies.popleft() if len(self._replies) > 1 else self._replies[0]
        if reply.hold:
            self._released.wait()
        return reply

    def _handler(server: Self) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                reply = server.take(Request(self.path, dict(self.headers), json.loads(body)))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + 100 * reply.cut))
                self.end_headers()
                self.wfile.write(reply.body)
                self.close_connection = reply.cut

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        return Handler
