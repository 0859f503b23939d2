"""Kill points: a port behind which the process dies, with all its children, at a named call."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from bot.types import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

HANGS_S = 8
"""Longer than a lease, which is 3 s here, and long enough for another worker to answer meanwhile."""

DURING_S = 0.05
"""So long after a call began the process dies in the middle of it."""


@dataclass(frozen=True)
class Kill:
    """Kill whoever makes the call `at` (`ledger.open`) for every `every`th time, `times` times in all processes.

    A question is given up at the third death, so that two kills fail none. With `text`, only calls whose arguments
    contain it count. `how` says whether all processes of the command die, the one alone, or it hangs for `HANGS_S`.
    """

    at: str
    moment: Literal["before", "during", "after"] = "after"
    every: int = 8
    times: int = 2
    text: str = ""
    how: Literal["all", "alone", "hang"] = "all"


class Reaper:
    """Counts calls in a folder that all processes share, and kills when it is time."""

    def __init__(self, folder: Path, kills: Sequence[Kill]) -> None:
        self._folder = folder
        self._kills = tuple(kills)

    @classmethod
    def load(cls, folder: Path) -> Reaper:
        """Read the kills that `save` wrote there."""
        return cls(folder, [Kill(**fields) for fields in json.loads((folder / "kills.json").read_text())])

    def save(self) -> None:
        """Write the kills for the processes to read."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "kills.json").write_text(json.dumps([asdict(kill) for kill in self._kills]))

    def due(self, at: str, moment: str, arguments: object) -> Callable[[], None] | None:
        """Count the call; return what ends the process if it is time."""
        for number, kill in enumerate(self._kills):
            if (kill.at, kill.moment) == (at, moment) and kill.text in _said(arguments):
                passes = self._count(number)
                if passes % kill.every == 0 and passes // kill.every <= kill.times:
                    return {"all": die, "alone": die_alone, "hang": hang}[kill.how]
        return None

    def killed(self) -> int:
        """Return how many processes were killed so far."""
        return sum(min(self._passes(n) // kill.every, kill.times) for n, kill in enumerate(self._kills))

    def call(self, at: str, method: Callable[..., T], *arguments: object, **named: object) -> T:
        """Call the method, and die before, during or after it if it is time."""
        given = (arguments, named)
        if end := self.due(at, "before", given):
            end()
        if end := self.due(at, "during", given):
            threading.Timer(DURING_S, end).start()
        result = method(*arguments, **named)
        if end := self.due(at, "after", given):
            end()
        return result

    def _count(self, number: int) -> int:
        with (self._folder / str(number)).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(b".")
            file.flush()
            return file.tell()

    def _passes(self, number: int) -> int:
        file = self._folder / str(number)
        return file.stat().st_size if file.exists() else 0


def _said(arguments: object) -> str:
    """Return the arguments of a call as text, with what questions among them say, which their repr hides."""
    positional = arguments[0] if isinstance(arguments, tuple) else ()
    return " ".join([str(arguments), *(each.text for each in positional if isinstance(each, Question))])


class Deadly:
    """Any port, named `name`, whose calls are kill points."""

    def __init__(self, port: object, name: str, reaper: Reaper) -> None:
        self._port, self._name, self._reaper = port, name, reaper

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        found = getattr(self._port, name)
        return functools.partial(self._reaper.call, f"{self._name}.{name}", found) if callable(found) else found


def die() -> None:
    """End this process and its relatives as a power cut would."""
    signal_session(os.getsid(0), signal.SIGKILL)


def die_alone() -> None:
    """End this process and no other."""
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    """Stop this process, and let another one wake it."""
    pid = os.getpid()
    subprocess.Popen(["/bin/sh", "-c", f"sleep {HANGS_S}; kill -CONT {pid}"], start_new_session=True)
    os.kill(pid, signal.SIGSTOP)


def signal_session(session: int, number: signal.Signals) -> None:
    """Send a signal to every process of a session, the sender last: children may have groups of their own."""
    members = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    for pid in sorted(members, key=lambda pid: (pid == os.getpid(), pid)):
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                os.kill(pid, number)
