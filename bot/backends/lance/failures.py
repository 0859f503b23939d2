"""What goes wrong below the index, said in Quorum's own errors."""

from __future__ import annotations

import errno
import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import IndexDamagedError, IndexUnavailableError, StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = re.compile(
    r"(?i)no space left|disk full|is full|quota exceeded|file too large|disk i/o error|os error (27|28|122)\b"
)
_BARRED = re.compile(r"(?i)permission denied|read-?only|os error (13|30)\b")
_BUSY = re.compile(r"(?i)too many open files|locked|timed? ?out|conflict|os error 24\b")
_PATH = re.compile(r",? ?\S*\.rs:\d+(:\d+)?")
"""Where in LanceDB's own source it happened."""

_MOST_SHOWN = 300


@contextmanager
def mapped(folder: Path) -> Iterator[None]:
    """Turn errors of LanceDB, Arrow and SQLite into errors that say what to do."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, sqlite3.Error) as exc:
        text = f"{type(exc).__name__}: {exc}"
        shown = _PATH.sub("", text)[:_MOST_SHOWN]
        if _FULL.search(text) or (isinstance(exc, OSError) and exc.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}):
            message = f"The disk of the index {str(folder)!r} is full. Free some space and run the command again."
            raise StorageFullError(message) from exc
        if _BARRED.search(text):
            message = (
                f"The index {str(folder)!r} may not be read and written by this user ({shown}). "
                "Give the folder and all in it to the user who runs Quorum."
            )
            raise IndexUnavailableError(message) from exc
        if _BUSY.search(text):
            message = f"The index {str(folder)!r} cannot be used just now ({shown}). Try again."
            raise IndexUnavailableError(message) from exc
        message = (
            f"The index {str(folder)!r} is damaged ({shown}). "
            "Delete that folder, or set QUORUM_INDEX to a new place, and ingest again."
        )
        raise IndexDamagedError(message) from exc
