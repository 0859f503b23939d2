"""`quorum work` as a process of its own."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Self

from tests.fakes.polling import until
from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

START_S = 90.0


class Working:
    """Starts with the block, and is killed with its family at its end, unless it was stopped before."""

    def __init__(self, home: Path, log: Path, *arguments: str, **settings: str) -> None:
        environment = os.environ | {"QUORUM_HOME": str(home)} | settings
        self._log = log
        with log.open("wb") as file:
            self.process = WARM.start(["work", *arguments], environment, file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def said(self) -> str:
        """Everything on standard error until now."""
        return self._log.read_text(encoding="utf-8")

    def says(self, text: str, within_s: float = START_S) -> None:
        """Wait until standard error holds the text."""
        until(lambda: text in self.said, f"{text!r} in:\n{self.said}", within_s)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process that a person started, and to no other."""
        self.process.send_signal(number)

    def ended(self, within_s: float = START_S) -> int:
        """Wait for its end, and return the exit status."""
        return self.process.wait(within_s)
