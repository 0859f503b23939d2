"""In how many chunks each word occurs, and how often the index changed: one SQLite file beside the table.

A write marks the file before the table changes and settles it after. A mark that a killed process left behind makes
the next writer count again.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS terms (term TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS state (generation INTEGER NOT NULL, layout INTEGER NOT NULL, unsettled INTEGER NOT NULL);
    INSERT INTO state SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM state);
"""
_COUNT = "INSERT INTO terms VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET n = n + excluded.n"
_AT_ONCE = 500
_BUSY_S = 30.0


class Counts:
    """Word counts and change numbers, shared by the threads of a process and by processes."""

    def __init__(self, file: Path) -> None:
        """Open or create the file."""
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(file, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def frequencies(self, tokens: Iterable[str]) -> dict[str, int]:
        """Return the number of chunks that hold each token, 0 for an unknown one."""
        distinct = list(dict.fromkeys(tokens))
        found = dict.fromkeys(distinct, 0)
        with self._lock:
            for start in range(0, len(distinct), _AT_ONCE):
                part = distinct[start : start + _AT_ONCE]
                marks = ",".join("?" * len(part))
                found.update(self._connection.execute(f"SELECT term, n FROM terms WHERE term IN ({marks})", part))  # noqa: S608 - marks only
        return found

    def state(self) -> tuple[int, int]:
        """Return how often the index changed, and how often its files were laid out anew."""
        with self._lock:
            generation, layout = self._connection.execute("SELECT generation, layout FROM state").fetchone()
        return generation, layout

    def mark(self) -> bool:
        """Say that a change begins; return whether an earlier one was never settled."""
        with self._lock:
            (unsettled,) = self._connection.execute("SELECT unsettled FROM state").fetchone()
            self._connection.execute("UPDATE state SET unsettled = 1, generation = generation + 1")
        return bool(unsettled)

    def settle(self, change: Mapping[str, int]) -> None:
        """Add the change to the counts and say that it is complete."""
        self._write(sorted(change.items()), empty=False)

    def rebuild(self, counts: Mapping[str, int]) -> None:
        """Replace all counts."""
        self._write(sorted(counts.items()), empty=True)

    def relaid(self) -> None:
        """Tell other processes that the files were laid out anew."""
        with self._lock:
            self._connection.execute("UPDATE state SET layout = layout + 1")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _write(self, rows: Sequence[tuple[str, int]], *, empty: bool) -> None:
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if empty:
                self._connection.execute("DELETE FROM terms")
            self._connection.executemany(_COUNT, rows)
            self._connection.executemany(
                "DELETE FROM terms WHERE term = ? AND n <= 0", ((term,) for term, n in rows if n < 0)
            )
            self._connection.execute("UPDATE state SET unsettled = 0, generation = generation + 1")
