"""One server program as a process of its own: its folder, its port and its life."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import psutil

from scripts.services.machine import free_port, is_free, listens, living_session, locked

if TYPE_CHECKING:
    from psutil import Process

SERVICES = Path(__file__).resolve().parents[2] / "var" / "services"
PROGRAMS = SERVICES / "programs"
OWN = SERVICES / "own"
"""Where tests keep servers of their own: a folder each, its name beginning with the process id of the test run."""

TAIL_LINES = 15
PAUSE_S = 0.05


class ServiceError(Exception):
    """Raised when a service cannot be fetched, started or reached; the message says what to do next."""


@dataclass(frozen=True)
class Launch:
    """How a server is started: the command line, what its environment has besides ours, and as whom it runs."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    uid: int | None = None
    gid: int | None = None


class Server(ABC):
    """A server over `folder`, which keeps its data, log, `pid`, `port` and `url` between starts.

    Without a `port` the first start takes a free one and later starts take the same. Several objects and processes may
    share a folder: starting and stopping take turns.
    """

    patience_s: ClassVar[float]
    """How long a start waits for the first answer, and a stop for the end of the process."""

    _children: ClassVar[dict[Path, subprocess.Popen[bytes]]] = {}
    """What this process started, by folder: it outlives the object that started it, and any object may reap it."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Own `folder`, made at the first start; with `port`, listen there or not at all."""
        self.folder = folder.resolve()
        self._port = port

    @abstractmethod
    def launch(self) -> Launch:
        """Write what the server reads at its start, and say how it is started."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it."""

    @abstractmethod
    def check(self) -> None:
        """Raise ServiceError unless the server answers and is healthy."""

    @property
    def port(self) -> int:
        """The port it listens on, or did the last time; ServiceError before the first start."""
        if self._port is not None:
            return self._port
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError) as exc:
            message = f"nothing was ever started in {str(self.folder)!r}"
            raise ServiceError(message) from exc

    def start(self) -> bool:
        """Start it and wait until it answers; False where it ran already. A ServiceError quotes its last output."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "lock"):
            if started := not self.members():
                self._spawn()
            try:
                self._await_answer()
            except ServiceError:
                if started:
                    self.kill()
                raise
            (self.folder / "url").write_text(self.url + "\n")
        return started

    def stop(self) -> bool:
        """Ask it to end, and kill it where it does not; False where it did not run. Data and port are kept."""
        if not self.folder.is_dir():
            return False
        with locked(self.folder / "lock"):
            if not self.members():
                return False
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)  # one that is paused would never hear
            if not self._ended():
                self.kill()
            (self.folder / "url").unlink(missing_ok=True)
        return True

    def kill(self) -> None:
        """End it at once, as a power cut would end it; returns when every process of it is gone."""
        self._signal(signal.SIGKILL)
        if not self._ended():
            message = f"the server in {str(self.folder)!r} does not end: {self.members()}"
            raise ServiceError(message)

    def pause(self) -> None:
        """Stop its clock: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal(signal.SIGCONT)

    def answers(self) -> bool:
        """Return whether it runs and is healthy just now."""
        if not self.members():
            return False  # whatever answers on its port is another
        try:
            self.check()
        except ServiceError:
            return False
        return True

    def members(self) -> list[Process]:
        """Return its living processes; none where it does not run."""
        try:
            pid, born = (self.folder / "pid").read_text().split()
        except (FileNotFoundError, ValueError):
            return []
        return living_session(int(pid), float(born))

    def _spawn(self) -> None:
        self._reap()
        self._port = self._free_port()
        (self.folder / "port").write_text(f"{self._port}\n")
        launch = self.launch()
        with (self.folder / "output.log").open("wb") as output:
            process = subprocess.Popen(
                launch.command,
                env=os.environ | launch.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,  # it survives the terminal, and its whole family gets its signals
                user=launch.uid,
                group=launch.gid,
                extra_groups=None if launch.uid is None else [],
            )
        self._children[self.folder] = process
        born = psutil.Process(process.pid).create_time()
        (self.folder / "pid").write_text(f"{process.pid} {born}\n")

    def _free_port(self) -> int:
        try:
            wanted = self.port
        except ServiceError:
            return free_port()
        if is_free(wanted):
            return wanted
        if self._port is None:  # only remembered: nobody counts on it yet
            return free_port()
        message = f"port {wanted} is taken by another program, and {str(self.folder)!r} must listen there"
        raise ServiceError(message)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return self._check_when_it_listens()
            except ServiceError as exc:
                if not self.members():
                    message = f"The server in {str(self.folder)!r} ended while it started:\n{self._tail()}"
                    raise ServiceError(message) from exc
                if time.monotonic() > deadline:
                    message = f"{exc} after {self.patience_s:.0f} s; stop it and start again. It wrote:\n{self._tail()}"
                    raise ServiceError(message) from exc
            time.sleep(PAUSE_S)

    def _check_when_it_listens(self) -> None:
        if not listens(self.port):  # asked first, for a client of a closed port logs a warning
            message = f"nothing listens on port {self.port} yet"
            raise ServiceError(message)
        self.check()

    def _ended(self) -> bool:
        deadline = time.monotonic() + self.patience_s
        while self.members():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        self._reap()
        return True

    def _reap(self) -> None:
        if child := self._children.pop(self.folder, None):
            child.wait()

    def _signal(self, number: signal.Signals) -> None:
        if members := self.members():
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(os.getpgid(members[0].pid), number)

    def _tail(self) -> str:
        output = (self.folder / "output.log").read_text(errors="replace")
        return "\n".join(output.splitlines()[-TAIL_LINES:])


def without_secrets(url: str) -> str:
    """Return the URL as messages may show it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
