"""Reads untrusted files in a child process with limits on time and memory, started anew after each crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Self

import bot
from bot.errors import FileRefusedError
from bot.knowledge.documents import Draft, Plain, from_json

if TYPE_CHECKING:
    from types import TracebackType

    from bot.knowledge.readers.archives import Member
    from bot.settings import Ingesting

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Archive:
    """What `Sandbox.read` returns for an archive: its members are to be unpacked."""


class Sandbox:
    """One reading process; not for several threads at once."""

    def __init__(self, settings: Ingesting) -> None:
        """Take the limits; the process starts with the first file."""
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Open a block that closes the process at its end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def read(self, name: str, content: bytes) -> Draft | Archive:
        """Read one file; raises `FileRefusedError` with the reason, `time` and `corrupt` (a crash) among them."""
        reply = self._ask({"kind": "read", "name": name}, content)
        return Archive() if reply.get("archive") else from_json(reply["draft"])

    def plain(self, name: str, content: bytes) -> Plain:
        """Read a file beside a question, pictures too; raises `FileRefusedError` as `read` does."""
        found = self._ask({"kind": "plain", "name": name}, content)["plain"]
        return Plain(found["text"], tuple(found["warnings"]), found["confidence"])

    def unpack(self, content: bytes, folder: Path, max_bytes: int) -> list[Member]:
        """Unpack an archive of at most `max_bytes` into `folder`; raises `FileRefusedError`."""
        from bot.knowledge.readers.archives import Member

        reply = self._ask({"kind": "unpack", "folder": str(folder), "max_unpacked": max_bytes}, content)
        return [Member(**member) for member in reply["members"]]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, job: dict[str, Any], content: bytes) -> dict[str, Any]:
        process = self._process = self._process or _started()
        overdue = [False]

        def end() -> None:
            overdue[0] = True
            process.kill()

        timer = Timer(self._settings.timeout_s, end)
        timer.daemon = True
        timer.start()
        try:
            line = _exchange(process, json.dumps(self._limits(content) | job).encode() + b"\n" + content)
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            status = process.wait()
            self.close()
            raise self._failure(status, timed_out=overdue[0])
        reply: dict[str, Any] = json.loads(line)
        if "reason" in reply:
            raise FileRefusedError(reply["reason"], reply["detail"])
        return reply

    def _limits(self, content: bytes) -> dict[str, Any]:
        settings = self._settings
        return {
            "size": len(content),
            "chunk_chars": settings.chunk_chars,
            "max_unpacked": settings.max_unpacked_bytes,
            "max_member": settings.max_file_bytes,
            "memory_bytes": settings.memory_bytes,
            "timeout_s": settings.timeout_s,
        }

    def _failure(self, status: int, *, timed_out: bool) -> FileRefusedError:
        if timed_out:
            message = f"Reading took longer than {self._settings.timeout_s:g} s (QUORUM_INGEST__TIMEOUT_S)."
            return FileRefusedError(reason="time", detail=message)
        message = f"The reader crashed on this file (exit status {status}). Open it and save it again."
        return FileRefusedError(reason="corrupt", detail=message)


def _started() -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Our own package, wherever it lies, and the libraries that this interpreter sees; no setting and no secret.
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(bot.__file__).parents[1]), *filter(None, sys.path)])
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "bot.knowledge.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
    )


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(message)
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    return process.stdout.readline()
