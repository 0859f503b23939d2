"""The `quorum` command forked off a process that has loaded its libraries: a process of its own, begun in less time.

Most of what a short command costs is importing. `python -m tests.fakes.warm FD` imports once what has no threads and no
settings, and forks a child for each request; the child has its own environment, folder, streams and exit status, and
runs `workers.cli.main` to its end. A convention of the tests: only settings of ours may differ between the runs, for
anything else (a locale, a limit) `quorum` itself is started.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
ENDED_BY_A_SIGNAL = -9
_MOST = 1 << 20


class Warm:
    """A process with the libraries loaded, which starts with the first run."""

    def __init__(self) -> None:
        self._surroundings: dict[str, str] | None = None
        self._calls: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Take the environment of now for that of every run, beside our settings."""
        self._surroundings = _foreign(os.environ)

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Tell whether a command with this environment would be the same as one begun afresh."""
        return _foreign(environment) == self._surroundings

    def run(
        self, arguments: Sequence[str], content: bytes, environment: Mapping[str, str], within_s: float
    ) -> tuple[int, bytes, bytes]:
        """Run the command; return its exit status and both streams. TimeoutError kills it."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(content)
            given.seek(0)
            told, tells = os.pipe()
            with os.fdopen(told, "rb") as telling:
                request = json.dumps([list(arguments), dict(environment)]).encode()
                streams = [given.fileno(), out.fileno(), err.fileno(), tells]
                socket.send_fds(self._connected(), [request], streams)
                os.close(tells)
                status = _ended(telling.fileno(), within_s)
            for stream in (out, err):
                stream.seek(0)
            return status, out.read(), err.read()

    def close(self) -> None:
        """End the process that forks."""
        if self._calls is not None and self._process is not None:
            self._calls.close()
            self._process.wait()

    def _connected(self) -> socket.socket:
        if self._calls is None:
            self._calls, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    cwd=ROOT,
                    env=dict(os.environ),
                    start_new_session=True,
                )
        return self._calls


def _foreign(environment: Mapping[str, str]) -> dict[str, str]:
    ours = ("QUORUM_", "PYTEST_")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def _ended(telling: int, within_s: float) -> int:
    """Read the child's number, then its exit status, and wait until it has closed the pipe, which is its end."""
    said, deadline = b"", time.monotonic() + within_s
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([telling], [], [], left)[0]:
            with suppress(ProcessLookupError, IndexError, ValueError):
                os.kill(int(said.split()[0]), signal.SIGKILL)
            message = f"not within {within_s:g} s"
            raise TimeoutError(message)
        if not (part := os.read(telling, 1024)):
            break
        said += part
    words = said.split()
    return int(words[1]) if len(words) > 1 else ENDED_BY_A_SIGNAL


def _load() -> None:
    """Import what begins no thread, opens nothing and reads no setting."""
    import httpx  # noqa: F401 - to have it loaded
    import pyarrow.dataset  # noqa: F401 - to have it loaded
    import rich.markdown  # noqa: F401 - to have it loaded

    import bot.pipeline
    import bot.wiring  # noqa: F401 - to have it loaded
    from bot.backends.lance import library

    with library._unvalidated(), library._uncompared():
        import lance_namespace  # noqa: F401 - most of what LanceDB loads

    assert "prometheus_client" not in sys.modules  # reads at once where to count
    gc.freeze()


def _next(calls: socket.socket) -> tuple[list[str], dict[str, str], int] | None:
    """Fork a child for each request; return there what it is to run, and here, at the end, None."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them but the pipe
    while True:
        request, streams, _, _ = socket.recv_fds(calls, _MOST, 4)
        if not request:
            return None
        if os.fork() == 0:
            calls.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number, stream in enumerate(streams[:3]):
                os.dup2(stream, number)
                os.close(stream)
            os.set_inheritable(streams[3], False)  # noqa: FBT003 - os's own signature
            arguments, environment = json.loads(request)
            return arguments, environment, streams[3]
        for stream in streams:
            os.close(stream)


def _run(arguments: list[str], environment: dict[str, str], tells: int) -> None:
    """Be the command, and tell the exit status before the interpreter ends, which closes the pipe."""
    os.write(tells, f"{os.getpid()} ".encode())
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["quorum", *arguments]
    sys.modules["__main__"].__package__ = None  # by which click would call the program `python -m tests.fakes.warm`
    from workers.cli.main import main

    status: Any = 1
    try:
        main()
        status = 0
    except SystemExit as exc:
        status = exc.code or 0
        raise
    finally:
        os.write(tells, f"{status}".encode())


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        _load()
        wanted = _next(listening)
    if wanted is not None:
        _run(*wanted)
