"""One SQLite file, shared by threads and processes."""

from __future__ import annotations

import functools
import random
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import StorageFullError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BUSY_S = 10.0
"""So long a statement waits for other processes at most."""

_PAUSE_S = (0.005, 0.05)


class Database:
    """A connection that writes, and one that reads meanwhile, each behind a lock.

    All that write to one file in this process take turns: SQLite would let them sleep, at last a tenth of a second at a
    time, until its lock is free (`sqliteDefaultBusyCallback`), which is left to other processes.
    """

    def __init__(self, file: Path, schema: Sequence[str], *, durable: bool = True) -> None:
        """Open or create the file and run the statements of `schema`. Raises `StoreUnavailableError`.

        What is written is on the disk when `run` returns, if `durable`; else with the next durable write to the file,
        so that only a power cut can lose it, and the death of a process cannot.
        """
        self._file = file
        self._reading, self._writing = threading.Lock(), _turns(file.absolute())
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connected()
        try:
            self._log_ahead()
            self.run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            for statement in schema:
                self.run(statement)
            with self._errors():
                self._reader = self._connected()
        except (StoreUnavailableError, StorageFullError):
            self._writer.close()
            raise

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, which is one transaction, and return its rows."""
        if statement.startswith("SELECT"):
            with self._reading, self._errors():
                return self._reader.execute(statement, values).fetchall()
        with self._writing, self._errors():
            return self._writer.execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._reading:
            self._reader.close()
        with self._writing:
            self._writer.close()

    def _log_ahead(self) -> None:
        """Switch to the write-ahead log, which SQLite does not wait for when another process writes a new file."""
        deadline = time.monotonic() + BUSY_S
        with self._writing, self._errors():
            while True:
                try:
                    self._writer.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as exc:
                    if not _is_busy(exc) or time.monotonic() > deadline:
                        raise
                    time.sleep(random.uniform(*_PAUSE_S))  # noqa: S311 - no secret
                else:
                    return

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            if getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                message = f"The disk of {str(self._file)!r} is full. Free some space and run the command again."
                raise StorageFullError(message) from exc
            raise StoreUnavailableError(self._in_words(exc)) from exc
        except OSError as exc:
            message = f"The folder of {str(self._file)!r} cannot be made: {exc}. Set QUORUM_HOME to a writable folder."
            raise StoreUnavailableError(message) from exc

    def _in_words(self, error: sqlite3.Error) -> str:
        if _is_busy(error):
            return f"The state file {str(self._file)!r} is in use: another process writes to it. Try again in a moment."
        return f"The state file {str(self._file)!r} cannot be used: {error}. Check its permissions and its disk."


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@functools.cache
def _turns(file: Path) -> threading.Lock:  # noqa: ARG001 - one lock for each file
    return threading.Lock()
