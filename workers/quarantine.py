"""Who is in hand beside whom: one process dies with everything that it has in hand, so a suspect is tried alone."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import PostponedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_QUIET_S = 30.0
"""So long a suspect waits for the others in hand, and they for it."""


class Quarantine:
    """The questions that one process has in hand: any number of them, or one suspect and no other."""

    def __init__(self) -> None:
        """Begin with nothing in hand."""
        self._changed = threading.Condition()
        self._others = 0
        self._suspects = 0
        """Those that are tried, and those that wait for it: nothing new begins beside them."""
        self._is_tried = False

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Have a question in hand, among others. Raises `PostponedError` when a suspect is tried for too long."""
        with self._changed:
            self._wait(lambda: not self._suspects)
            self._others += 1
        try:
            yield
        finally:
            with self._changed:
                self._others -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have a suspect in hand, and nothing else. Raises `PostponedError` when the others take too long."""
        with self._changed:
            self._suspects += 1
            try:
                self._wait(lambda: not self._others and not self._is_tried)
            except PostponedError:
                self._suspects -= 1
                self._changed.notify_all()
                raise
            self._is_tried = True
        try:
            yield
        finally:
            with self._changed:
                self._is_tried = False
                self._suspects -= 1
                self._changed.notify_all()

    def _wait(self, until: Callable[[], bool]) -> None:
        if not self._changed.wait_for(until, _QUIET_S):
            raise PostponedError(1.0, "this process has something in hand that nothing else may begin beside")
