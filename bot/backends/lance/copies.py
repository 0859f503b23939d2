"""Copies of the chunks' texts in an SQLite file beside the table, read in a tenth of the time that the table takes.

Each goes by its edition, a digest of the text, so that a copy is right or is not there. Losing them costs time and
nothing else: whatever has no copy is read from the table (docs/decisions/0013-texts-beside-the-table.md).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from itertools import islice
from typing import TYPE_CHECKING

from bot.backends.lance.lookup import looked_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

_SCHEMA = "CREATE TABLE IF NOT EXISTS texts (edition INTEGER PRIMARY KEY, stored TEXT NOT NULL)"
_FIND = "SELECT edition, stored FROM texts WHERE edition IN ({})"
_DROP = "DELETE FROM texts WHERE edition = ?"
_COPY = "INSERT OR REPLACE INTO texts VALUES (?, ?)"
_WRITTEN_AT_ONCE = 4_096
_BUSY_S = 30.0


class Copies:
    """Texts by edition, shared by the threads of a process and by processes."""

    def __init__(self, file: Path) -> None:
        """Open nothing; the first writer makes the file."""
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self, editions: Sequence[int]) -> Mapping[int, str]:
        """Return those of the texts that are here; none where the file cannot be read."""
        if not self._file.exists():
            return {}
        try:
            with self._lock:
                return looked_up(self._opened(), _FIND, editions)
        except sqlite3.Error as exc:
            log.debug("the copies of texts cannot be read: %s", exc)
            return {}

    def write(self, dropped: Iterable[int], copied: Iterable[tuple[int, str]], *, empty: bool = False) -> None:
        """Forget some texts, or all, and keep others; what cannot be written is left to the table."""
        try:
            with self._lock:
                connection = self._opened()
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(_SCHEMA)
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    if empty:
                        connection.execute("DELETE FROM texts")
                    connection.executemany(_DROP, ((edition,) for edition in dropped))
            rest = iter(copied)
            while part := list(islice(rest, _WRITTEN_AT_ONCE)):
                with self._lock, self._opened() as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(_COPY, part)
        except sqlite3.Error as exc:
            log.warning("Texts were not copied beside the index (%s); searching reads them from it, more slowly.", exc)

    def close(self) -> None:
        """Close the file; reading opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._file, timeout=_BUSY_S, check_same_thread=False, isolation_level=None
            )
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA secure_delete = ON")  # what was removed is gone from the disk
        return self._connection
