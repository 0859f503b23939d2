"""The reading process: takes files' bytes on standard input and answers with pieces, one JSON line each.

Started by `bot.knowledge.sandbox` alone. It sees no secrets, opens no connection, starts no program, and writes only
into the folder that a job names.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from bot.errors import FileRefusedError
from bot.knowledge import attachments, reading
from bot.knowledge.documents import to_json
from bot.knowledge.readers import archives

_SPARE_S = 5
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod")


class _Guard:
    """Refuses what a parser has no business with; a seat belt against careless libraries, not against exploits."""

    def __init__(self) -> None:
        self.folder: str | None = None

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FORBIDDEN or event in _CHANGING:
            message = f"{event} is not allowed while reading a file"
            raise PermissionError(message)
        if event == "open" and not isinstance(arguments[0], int) and self._writes(arguments):
            message = f"writing {arguments[0]!r} is not allowed while reading a file"
            raise PermissionError(message)

    def _writes(self, arguments: tuple[Any, ...]) -> bool:
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return False
        path = os.path.normpath(os.fsdecode(arguments[0]))
        return self.folder is None or not path.startswith(self.folder + os.sep)


def main() -> None:
    """Serve jobs until standard input ends."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    # Parsers print warnings; neither our replies nor the terminal are the place for them.
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    jobs = os.fdopen(os.dup(0), "rb")
    guard = _Guard()
    sys.addaudithook(guard)
    while line := jobs.readline():
        job = json.loads(line)
        _limit(job["memory_bytes"], job["timeout_s"])
        guard.folder = job.get("folder")
        reply = _reply(job, jobs)
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()
        # Until the next file comes, which may take as long as vectors are computed, nothing can hang.
        signal.alarm(0)


def _limit(memory_bytes: int, timeout_s: float) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Should our parent have died, nobody else ends a parser that hangs.
    signal.alarm(int(timeout_s) + _SPARE_S)


def _reply(job: dict[str, Any], jobs: IO[bytes]) -> dict[str, Any]:
    try:
        content = jobs.read(job["size"])
        if job["kind"] == "unpack":
            members = archives.unpack(content, Path(job["folder"]), job["max_unpacked"], job["max_member"])
            return {"members": [member._asdict() for member in members]}
        if job["kind"] == "plain":
            return {"plain": asdict(attachments.read(job["name"], content, job["max_unpacked"]))}
        if reading.family(job["name"], content, job["max_unpacked"]) == ".zip":
            return {"archive": True}
        return {"draft": to_json(reading.read(job["name"], content, job["chunk_chars"], job["max_unpacked"]))}
    except FileRefusedError as exc:
        return {"reason": exc.reason, "detail": str(exc)}
    except (MemoryError, RecursionError, OSError) as exc:
        return _limit_met(exc, job["memory_bytes"])


def _limit_met(error: MemoryError | RecursionError | OSError, memory_bytes: int) -> dict[str, Any]:
    if isinstance(error, MemoryError):
        limit = f"{memory_bytes:,} bytes of memory"
        detail = f"Reading needs more than {limit}. Split the file, or raise QUORUM_INGEST__MEMORY_BYTES."
        return {"reason": "too-large", "detail": detail}
    if isinstance(error, RecursionError):
        return {"reason": "corrupt", "detail": "The file is nested too deeply to be read. Simplify it."}
    if isinstance(error, PermissionError):
        return {"reason": "corrupt", "detail": f"Reading the file was stopped: {error}."}
    return {"reason": "unreadable", "detail": f"The file cannot be unpacked: {error.strerror}. Is the disk full?"}


if __name__ == "__main__":
    main()
