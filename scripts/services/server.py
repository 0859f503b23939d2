"""One server program as a process of its own: its folder, its port and its life."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
SERVICES = Path(__file__).resolve().parents[2] / "var" / "services"
PROGRAMS = SERVICES / "programs"
OWN = SERVICES / "own"
"""Where tests keep servers of their own: a folder each, its name beginning with the process id of the test run."""

LOWEST_PORT = 12_000
TAIL_LINES = 15
PAUSE_S = 0.05
SAME_BIRTH_S = 60
"""A process that began this long before or after the one written down has only inherited its number."""


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

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Own `folder`, made at the first start; with `port`, listen there or not at all."""
        self.folder = folder.resolve()
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

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
            self._await_answer()
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
        try:
            self.check()
        except ServiceError:
            return False
        return True

    def members(self) -> list[psutil.Process]:
        """Return its living processes; none where it does not run."""
        try:
            pid, born = (self.folder / "pid").read_text().split()
        except (FileNotFoundError, ValueError):
            return []
        return living_session(int(pid), float(born))

    def _spawn(self) -> None:
        self._port = self._free_port()
        (self.folder / "port").write_text(f"{self._port}\n")
        launch = self.launch()
        with (self.folder / "output.log").open("wb") as output:
            self._process = subprocess.Popen(
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
        born = psutil.Process(self._process.pid).create_time()
        (self.folder / "pid").write_text(f"{self._process.pid} {born}\n")

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
                return self.check()
            except ServiceError as exc:
                if not self.members():
                    message = f"{self.launch_name} ended while it started:\n{self._tail()}"
                    raise ServiceError(message) from exc
                if time.monotonic() > deadline:
                    message = f"{self.launch_name} has not answered for {self.patience_s:.0f} s: {exc}\n{self._tail()}"
                    raise ServiceError(message) from exc
            time.sleep(PAUSE_S)

    @property
    def launch_name(self) -> str:
        """What messages call it."""
        return f"{type(self).__name__} in {str(self.folder)!r}"

    def _ended(self) -> bool:
        deadline = time.monotonic() + self.patience_s
        while self.members():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        if self._process is not None:
            self._process.wait()
            self._process = None
        return True

    def _signal(self, number: signal.Signals) -> None:
        if members := self.members():
            os.killpg(os.getpgid(members[0].pid), number)

    def _tail(self) -> str:
        output = (self.folder / "output.log").read_text(errors="replace")
        return "\n".join(output.splitlines()[-TAIL_LINES:])


def living_session(pid: int, born: float) -> list[psutil.Process]:
    """Return the processes of the session that `pid`, begun at `born` (seconds since 1970), leads or led."""
    try:
        if abs(psutil.Process(pid).create_time() - born) > SAME_BIRTH_S:
            return []
    except psutil.NoSuchProcess:
        pass  # the others of its session may have outlived it
    living = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
        except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            continue
    return living


def free_port() -> int:
    """Return a port of this machine on which nothing listens.

    It is below the range from which the system takes ports for outgoing connections: there, a client that tries again
    and again while its server is down can be given that very port, connect to itself and keep the server out.
    """
    range_file = Path("/proc/sys/net/ipv4/ip_local_port_range")
    highest = int(range_file.read_text().split()[0]) if range_file.exists() else 32_768
    candidates = range(LOWEST_PORT, max(highest, LOWEST_PORT + 1000))
    return next(port for port in random.sample(candidates, len(candidates)) if is_free(port))


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's lock: one thread of one process at a time; the system frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def without_secrets(url: str) -> str:
    """Return the URL as messages may show it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
