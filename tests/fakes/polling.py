"""Waiting for something that another thread or process does: looking again and again, with a deadline."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LOOK_S = 0.02


def until(look: Callable[[], T | None], what: str, within_s: float = 30.0) -> T:
    """Return the first true thing that `look` returns; AssertionError with `what` when time is over."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        threading.Event().wait(LOOK_S)
    return found
