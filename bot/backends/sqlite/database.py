"""One SQLite file, shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import StorageFullError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BUSY_S = 10.0
"""So long a statement waits for other processes at most."""


class Database:
    """One connection behind a lock: SQLite serialises writers anyway, and WAL lets other processes read."""

    def __init__(self, file: Path, schema: Sequence[str]) -> None:
        """Open or create the file and run the statements of `schema`. Raises `StoreUnavailableError`."""
        self._file = file
        self._lock = threading.Lock()
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self.run("PRAGMA journal_mode = WAL")
            self.run("PRAGMA synchronous = FULL")
            for statement in schema:
                self.run(statement)
        except (StoreUnavailableError, StorageFullError):
            self._connection.close()
            raise

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, which is one transaction, and return its rows."""
        with self._lock, self._errors():
            return self._connection.execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            if getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                message = f"The disk of {str(self._file)!r} is full. Free some space and run the command again."
                raise StorageFullError(message) from exc
            message = f"The state file {str(self._file)!r} cannot be used: {exc}. Check its permissions and its disk."
            raise StoreUnavailableError(message) from exc
        except OSError as exc:
            message = f"The folder of {str(self._file)!r} cannot be made: {exc}. Set QUORUM_HOME to a writable folder."
            raise StoreUnavailableError(message) from exc
