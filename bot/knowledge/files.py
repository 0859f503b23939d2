"""Finds the files under a path and reads each as it stood at one moment.

By rule, names that begin with `.` (as in `.git`) or `~$` (open office documents) are not part of a knowledge base, and
neither is a folder `__MACOSX`. Everything else is listed: what cannot be read comes with its reason.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError, InputError
from bot.types import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """A file (or a folder that cannot be entered) under `root`, called `name` there; `reason` says why it is refused.

    `alone` marks a file that was named itself instead of its folder.

    """

    root: Path
    name: str
    path: Path
    reason: Reason | None = None
    detail: str = ""
    alone: bool = False

    @property
    def prefix(self) -> str:
        """What the names of everything below it begin with: of a folder's files or an archive's members."""
        return "" if self.name == "." else self.name + "/"


def sources(path: Path) -> list[Source]:
    """List what lies under a folder, sorted by name, or the one file that `path` is.

    Links are followed, but not back into a folder that they lie in. Raises `InputError` when there is nothing.
    """
    check(path)
    top = absolute(path)
    if not top.is_dir():
        return [replace(_source(top.parent, top), alone=True)]
    found = sorted(_walk(top, top, ()), key=lambda source: source.name)
    if not found:
        message = f"{str(path)!r} holds no files. Nothing was changed; check the path (is a drive not mounted?)."
        raise InputError(message)
    return found


def check(path: Path) -> None:
    """Raise `InputError` for a path that does not exist, or that a closed folder hides."""
    try:
        absolute(path).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as exc:
        message = f"{str(path)!r} does not exist. Nothing was changed; check the path (is a drive not mounted?)."
        raise InputError(message) from exc
    except OSError as exc:
        advice = (
            "check the permissions of the folders above it" if isinstance(exc, PermissionError) else "check the path"
        )
        message = f"{str(path)!r} cannot be looked at: {exc.strerror}. Nothing was changed; {advice}."
        raise InputError(message) from exc


def absolute(path: Path) -> Path:
    """Return the path from the root of the file system, without `..`, with its links as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links in people's own paths


def content(path: Path, max_bytes: int) -> bytes:
    """Read a file as it stood at one moment: once more if it changed meanwhile.

    Raises `FileRefusedError` with `too-large`, `unreadable` or `changed`.
    """
    try:
        for _ in range(2):
            before = path.stat()
            if before.st_size > max_bytes:
                size = f"{before.st_size:,} bytes"
                message = f"The file has {size}; the limit is {max_bytes:,} (QUORUM_INGEST__MAX_FILE_BYTES)."
                raise FileRefusedError(reason="too-large", detail=message)
            with path.open("rb") as stream:
                data = stream.read(before.st_size + 1)  # a file that grows without end is not followed
            after = path.stat()
            if _moment(before) == _moment(after) and len(data) == after.st_size:
                return data
    except OSError as exc:
        raise FileRefusedError(reason="unreadable", detail=f"{exc.strerror or exc}. Check its permissions.") from exc
    raise FileRefusedError(
        reason="changed", detail="The file keeps changing while it is read. Ingest it again when it is written."
    )


def _moment(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _walk(root: Path, folder: Path, above: Sequence[tuple[int, int]]) -> Iterator[Source]:
    try:
        status = folder.stat()
        here = (status.st_dev, status.st_ino)
        if here in above:
            detail = "The link leads back into a folder that it lies in; it was not followed."
            yield Source(root, _name(root, folder), folder, "unreadable", detail)
            return
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as exc:
        yield Source(root, _name(root, folder), folder, "unreadable", f"{exc.strerror}. Check its permissions.")
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "~$")) or entry.name == "__MACOSX":
            continue
        if _is_folder(path):
            yield from _walk(root, path, (*above, here))
        else:
            yield _source(root, path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _source(root: Path, path: Path) -> Source:
    name = _name(root, path)
    try:
        mode = path.stat().st_mode
    except OSError as exc:
        kind = "The link leads nowhere" if path.is_symlink() else exc.strerror
        return Source(root, name, path, "unreadable", f"{kind}. Repair or remove it.")
    if not stat.S_ISREG(mode):
        return Source(root, name, path, "unknown-type", "It is a device, a pipe or a socket, not a file.")
    return Source(root, name, path)


def _name(root: Path, path: Path) -> str:
    # Names that are not UTF-8 could neither be stored nor printed; escapes keep two of them apart.
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")
