"""Commands forked off a process that has loaded their libraries: processes of their own, begun in less time.

Most of what a short command costs is importing, and so is most of what a killed one costs that is started again.
`python -m tests.fakes.warm FD` imports once what begins no thread of Python's and reads no settings, and forks a child
for each request; the child has its own session, environment and streams, runs its module to the end as `python -m`
would, and its parent tells how it ended. Only settings of ours may differ between the runs: for anything else (a
locale, another folder of modules, `AFRESH`) the command is started afresh, as `tests/e2e/test_fresh_start.py` starts
each kind of them.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from celery import platforms

from tests.fakes import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType
    from typing import IO

ROOT = Path(__file__).resolve().parents[2]
QUORUM = Path(sys.executable).with_name("quorum")
_MOST = 1 << 20
_OURS = ("QUORUM_", "PYTEST_", "FAULT_")
_LIBRARIES = (
    "anyio.to_thread", "bot.pipeline", "bot.wiring", "celery.concurrency.prefork", "celery.worker.consumer",
    "elasticsearch", "httpx", "kombu.transport.redis", "pyarrow.dataset", "redis.sentinel", "rich.markdown",
    "slack_bolt", "starlette.applications", "uvicorn", "wechatpy",
)  # fmt: skip
"""What begins no thread, opens nothing and reads no setting."""

AFRESH = {"PYTHONHASHSEED": "1"}
"""With this a command is started afresh, and puts sets into another order than those that are forked."""

_UNREAD = ("WEBSOCKETS_USER_AGENT",)
"""What is read only when a library is imported that is not loaded here."""


class Process(Protocol):
    """What is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """The number of the process, which is also that of its session."""

    def poll(self) -> int | None:
        """Return the exit status, or a signal below zero; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; `subprocess.TimeoutExpired` after so many seconds."""

    def send_signal(self, sig: int) -> None:
        """Send a signal to the process alone."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


class Forked:
    """A process that another one forked, and tells the end of."""

    def __init__(self, telling: int) -> None:
        """Take the number of the process from the pipe."""
        self._telling = os.fdopen(telling, "rb", buffering=0)
        self._reading = threading.Lock()
        self._status: int | None = None
        said = self._telling.readline()
        assert said, "the process that forks could not begin: its error stands above"
        self.pid = int(said)

    def poll(self) -> int | None:
        """Return the exit status, or a signal below zero; None while it runs."""
        with self._reading:
            if self._status is None and select.select([self._telling], [], [], 0)[0]:
                said = self._telling.readline()
                self._telling.close()
                self._status = int(said) if said else -signal.SIGKILL  # it dies with whoever tells
            return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; `subprocess.TimeoutExpired` after so many seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            left = 1.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            with suppress(ValueError, OSError):  # another thread saw the end
                select.select([self._telling], [], [], min(left, 1.0))
        return status

    def send_signal(self, sig: int) -> None:
        """Send a signal to the process alone."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Warm:
    """A process with the libraries loaded, which starts with the first command."""

    def __init__(self) -> None:
        self._surroundings: dict[str, str] | None = None
        self._calls: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._connecting = threading.Lock()

    def begin(self) -> None:
        """Take the environment of now for that of every command, beside our settings."""
        self._surroundings = _foreign(os.environ)

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Tell whether a command with this environment would be the same as one begun afresh."""
        return _foreign(environment) == self._surroundings

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        stderr: IO[bytes],
        stdout: IO[bytes] | None = None,
        stdin: IO[bytes] | None = None,
        *,
        module: str = "",
    ) -> Process:
        """Start `quorum`, or `python -m` a module, in a session of its own: forked if it may be, else afresh."""
        if not self.serves(environment):
            program = [sys.executable, "-m", module] if module else [str(QUORUM)]
            return subprocess.Popen(
                [*program, *arguments],
                env=environment, cwd=ROOT, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True,
            )  # fmt: skip
        with Path(os.devnull).open("r+b") as nowhere:
            streams = [(given or nowhere).fileno() for given in (stdin, stdout, stderr)]
            telling, tells = os.pipe()
            request = json.dumps([module, list(arguments), dict(environment)]).encode()
            socket.send_fds(self._connected(), [request], [*streams, tells])
            os.close(tells)
        return Forked(telling)

    def run(
        self, arguments: Sequence[str], content: bytes, environment: Mapping[str, str], within_s: float
    ) -> tuple[int, bytes, bytes]:
        """Run `quorum`; return its exit status and both streams. After so many seconds it is killed, and said so."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(content)
            given.seek(0)
            process = self.start(arguments, environment, err, out, given)
            try:
                status = process.wait(within_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            for stream in (out, err):
                stream.seek(0)
            return status, out.read(), err.read()

    def close(self) -> None:
        """End the process that forks."""
        if self._calls is not None and self._process is not None:
            self._calls.close()
            self._process.wait()

    def _connected(self) -> socket.socket:
        with self._connecting:
            if self._calls is None:
                self._calls, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = subprocess.Popen(
                        [sys.executable, "-m", __name__, str(theirs.fileno())],
                        pass_fds=[theirs.fileno()],
                        cwd=ROOT,
                        env=self._surroundings,
                        start_new_session=True,
                    )
            return self._calls


WARM = Warm()
"""The one of this test run; `begin` lets it serve."""


def _foreign(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(_OURS) and name not in _UNREAD}


def _load() -> None:
    """Import what all or most commands need."""
    clock.install()  # before anything takes `time.time` by its name
    for name in _LIBRARIES:
        importlib.import_module(name)
    from bot.backends.lance import library

    with library._unvalidated(), library._uncompared():
        importlib.import_module("lance_namespace")  # most of what LanceDB loads

    early = {"prometheus_client", "websockets", "lancedb"} & sys.modules.keys()
    assert not early, early  # they read the environment at once, or begin a thread
    gc.collect()
    gc.freeze()


def _fork(calls: socket.socket) -> tuple[str, list[str], dict[str, str]] | None:
    """Fork a child for each request, and tell how it ends; return what it is to run there, and here, at last, None."""
    telling: dict[int, int] = {}

    def reap(_: int, __: FrameType | None) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                with suppress(BrokenPipeError), os.fdopen(telling.pop(pid), "wb") as tells:
                    tells.write(b"%d\n" % os.waitstatus_to_exitcode(status))

    signal.signal(signal.SIGCHLD, reap)
    while True:
        request, streams, _, _ = socket.recv_fds(calls, _MOST, 4)
        if not request:
            return None
        tells = streams[3]
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        if (pid := os.fork()) == 0:
            platforms.set_pdeathsig("SIGKILL")
            os.setsid()
            os.write(tells, b"%d\n" % os.getpid())
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            calls.close()
            for number, stream in enumerate(streams[:3]):
                os.dup2(stream, number)
            for stream in [*streams, *telling.values()]:
                os.close(stream)
            module, arguments, environment = json.loads(request)
            return module, arguments, environment
        telling[pid] = tells
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        for stream in streams[:3]:
            os.close(stream)


def _run(module: str, arguments: list[str], environment: dict[str, str]) -> None:
    """Be the command."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module or "quorum", *arguments]
    if module:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    sys.modules["__main__"].__package__ = None  # by which click would call the program `python -m tests.fakes.warm`
    from workers.cli.main import main

    main()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        _load()
        wanted = _fork(listening)
    if wanted is not None:
        _run(*wanted)
