"""What the server was asked: every call, download, answer to a response URL, and frame, in order."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from tests.fakes.wecom.records import JSON


@dataclass
class Request:
    """One request; `path` is the method or the frame's `cmd`, `status` is 0 where no reply was sent."""

    path: str
    values: JSON
    query: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    code: int | None = None
    """The `errcode` of the reply; None where there was none."""


class Recording:
    """All requests so far; written by the server, read by the tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def note(self, request: Request) -> Request:
        """Add a request."""
        with self._lock:
            self._requests.append(request)
        return request

    def of(self, path: str) -> list[Request]:
        """Return the requests of one method or command."""
        with self._lock:
            return [each for each in self._requests if each.path == path]

    @property
    def all(self) -> list[Request]:
        """Every request."""
        with self._lock:
            return list(self._requests)
