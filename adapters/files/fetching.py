"""What fetching a file has in common among messengers: how much and how long at most, and why it may fail."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from http.client import HTTPResponse

Why = Literal["external", "gone", "hidden", "access", "login", "size", "too_large", "time", "unavailable", "corrupt"]
"""Why a file could not be fetched; `file_…` of `bot.phrases.files` says it to people."""

MAX_BYTES = 20_000_000
"""Largest file, and most bytes of all files of one question."""

TIMEOUT_S = 10.0
DEADLINE_S = 60.0
"""Longest wait for one piece of a file, and for all of it."""

_PIECE = 1 << 16


class UnfetchedError(Exception):
    """Raised when a file cannot be fetched, now or later."""

    def __init__(self, why: Why) -> None:
        """Carry the reason."""
        super().__init__(why)
        self.why: Why = why


def received(reply: HTTPResponse, limit: int) -> bytes:
    """Read a body while it comes. Raises `UnfetchedError` for more than `limit` bytes, and for what takes too long."""
    length = reply.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise UnfetchedError(why="too_large")
    pieces, size = [], 0
    until = time.monotonic() + DEADLINE_S
    while piece := reply.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise UnfetchedError(why="too_large")
        if time.monotonic() > until:
            raise UnfetchedError(why="time")
    return b"".join(pieces)


def is_whole(reply: HTTPResponse, content: bytes) -> bool:
    """Tell whether as much of a body came as was announced, if any length was."""
    length = reply.headers.get("content-length", "")
    return not length.isdecimal() or len(content) >= int(length)
