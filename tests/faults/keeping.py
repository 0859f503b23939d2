"""Processes that are started again whenever they die, as a service manager does it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fakes.warm import WARM
from tests.faults.killing import signal_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.fakes.warm import Process

STOP_S = 30.0
TAIL_LINES = 40


def rest(seconds: float) -> None:
    """Let the processes work for a while."""
    threading.Event().wait(seconds)


class Kept:
    """One `quorum` command in a session of its own, through the entry point that can kill it."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path, name: str = "") -> None:
        self.name = name
        self.starts = 0
        self.statuses: list[int] = []
        """How each start ended: an exit status, or a signal below zero."""
        self._arguments = list(arguments)
        self._environment = dict(environment)
        self._log = log
        self._over, self._may_start = threading.Event(), threading.Event()
        self._may_start.set()
        self._begun = threading.Event()
        self._process: Process | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()
        assert self._begun.wait(STOP_S)

    def kill(self) -> None:
        """End it at once; it is started again."""
        self._signal(signal.SIGKILL)

    @contextmanager
    def down(self) -> Iterator[None]:
        """End it at once; it is started again at the end of the block."""
        self._may_start.clear()
        try:
            self.kill()
            yield
        finally:
            self._may_start.set()

    def pause(self) -> None:
        """Stop its clock."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask it to end, as a service manager does; it is started again."""
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """End it for good."""
        self._over.set()
        self.kill()
        self._thread.join(STOP_S)

    def tail(self) -> str:
        """Return the end of what it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def _keep(self) -> None:
        while not self._over.is_set():
            with self._log.open("ab") as log:
                self._process = WARM.start(
                    self._arguments, self._environment, stderr=log, stdout=log, module="tests.faults.commands"
                )
            self.starts += 1
            self._begun.set()
            self.statuses.append(self._process.wait())
            self._signal(signal.SIGKILL)  # what it left behind
            self._may_start.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            signal_session(self._process.pid, number)
