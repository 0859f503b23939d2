"""Copies of the chunks' texts in an SQLite file beside the table, read in a tenth of the time that the table takes.

Each goes by its edition, a digest of the text, so that a copy is right or is not there. Losing them costs time and
nothing else: whatever has no copy is read from the table (docs/decisions/0013-texts-beside-the-table.md).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

from bot.backends.lance import rows
from bot.backends.lance.lookup import looked_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

_SCHEMA = "CREATE TABLE IF NOT EXISTS texts (edition INTEGER PRIMARY KEY, stored TEXT NOT NULL)"
_FIND = "SELECT edition, stored FROM texts WHERE edition IN ({})"
_DROP = "DELETE FROM texts WHERE edition = ?"
_COPY = "INSERT OR REPLACE INTO texts VALUES (?, ?)"
_WRITTEN_AT_ONCE = 4_096
_BUSY_MS = 2_000
_READING_MS = 20


class Copies:
    """Texts by edition, shared by the threads of a process and by processes."""

    def __init__(self, file: Path) -> None:
        """Open nothing; the first writer makes the file."""
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_written = False
        self._number: int | None = None

    def read(self, editions: Sequence[int]) -> Mapping[int, str]:
        """Return those of the texts that are here and undamaged; none where the file cannot be read just now."""
        if not self._lock.acquire(timeout=_READING_MS / 1000):  # a writer of this process waits for another one
            return {}
        try:
            found = looked_up(self._opened(_READING_MS), _FIND, editions) if self._is_there() else {}
        except sqlite3.Error as exc:
            log.debug("the copies of texts cannot be read: %s", exc)
            return {}
        finally:
            self._lock.release()
        return {edition: stored for edition, stored in found.items() if _is_whole(edition, stored)}

    def exist(self) -> bool:
        """Tell whether there is a file of copies."""
        return self._file.exists()

    def write(self, dropped: Iterable[int], copied: Iterable[tuple[int, str]], *, empty: bool = False) -> None:
        """Forget some texts, or all, and keep others. Where that fails all are thrown away, and left to the table.

        A file that is there holds all texts; one that is not is only made with all of them, by `empty`.
        """
        if not (empty or self.exist()):
            return
        try:
            with self._lock, self._patiently() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(_SCHEMA)
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    if empty:
                        connection.execute("DELETE FROM texts")
                    connection.executemany(_DROP, ((edition,) for edition in dropped))
            rest = iter(copied)
            while part := list(islice(rest, _WRITTEN_AT_ONCE)):
                with self._lock, self._patiently() as connection, connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(_COPY, part)
        except sqlite3.Error as exc:
            self._throw_away()
            log.warning("The texts beside the index were removed (%s); it is read instead, more slowly.", exc)

    def close(self) -> None:
        """Bring what was changed into the file, whoever else reads it, and close it; reading opens it again."""
        with self._lock:
            if self._connection is not None and self._is_written:
                with suppress(sqlite3.Error):  # what somebody reads just now, the next one brings there
                    self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._let_go()

    @contextmanager
    def _patiently(self) -> Iterator[sqlite3.Connection]:
        """Wait for whoever has the file meanwhile; a reader waits a moment only, since there is the table."""
        self._is_there()
        connection, self._is_written = self._opened(_BUSY_MS, "rwc"), True
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        try:
            yield connection
        finally:
            connection.execute(f"PRAGMA busy_timeout = {_READING_MS}")

    def _throw_away(self) -> None:
        """Remove the file; who has it open sees that with the next reading."""
        with self._lock, suppress(OSError):
            self._let_go()
            for end in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + end).unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._is_written = None, False

    def _is_there(self) -> bool:
        """Tell whether there is a file, and let go of another one that stood there when it was opened."""
        try:
            number = self._file.stat().st_ino
        except OSError:
            number = None
        if number != self._number:
            if self._number is not None:
                self._let_go()
            self._number = number
        return number is not None

    def _opened(self, patience_ms: int, mode: str = "rw") -> sqlite3.Connection:
        if self._connection is None:
            file, timeout_s = f"{self._file.absolute().as_uri()}?mode={mode}", patience_ms / 1000
            connection = sqlite3.connect(
                file, uri=True, timeout=timeout_s, check_same_thread=False, isolation_level=None
            )
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")  # what was removed is gone from the file
            self._connection = connection
        return self._connection


def _is_whole(edition: int, stored: object) -> bool:
    """Tell a text from one that the disk or somebody else changed."""
    return isinstance(stored, str) and rows.edition(stored) == edition
