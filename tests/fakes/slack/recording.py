"""What the server was asked: every call, download and answer to a response URL, in order."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from tests.fakes.slack.records import JSON


@dataclass
class Request:
    """One request; `path` is the method for calls, `status` is 0 where the connection was reset."""

    path: str
    values: JSON
    authorization: str = ""
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    error: str = ""


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
        """Return the requests of one method or path."""
        with self._lock:
            return [each for each in self._requests if each.path == path]

    @property
    def all(self) -> list[Request]:
        """Every request."""
        with self._lock:
            return list(self._requests)
