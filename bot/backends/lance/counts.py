"""What the index holds, in one SQLite file beside the table: word counts, documents, and a number for every change.

A write marks the file before the table changes and settles it after. A mark that a killed process left behind makes
the next writer count again. With the documents here, a run that finds nothing changed never loads LanceDB.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.backends.lance.files import WriterLock
from bot.backends.lance.lookup import looked_up
from bot.types import DocumentRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS terms (term TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS documents (
        collection TEXT, document TEXT, source TEXT, root TEXT, digest TEXT, chunks INTEGER,
        PRIMARY KEY (collection, document)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS state (
        generation INTEGER NOT NULL, layout INTEGER NOT NULL, unsettled INTEGER NOT NULL, embedder TEXT NOT NULL
    );
"""
_BEGIN = "INSERT INTO state SELECT ?, 0, ?, ? WHERE NOT EXISTS (SELECT 1 FROM state)"
_MARK = "UPDATE state SET unsettled = 1, generation = MAX(generation + 1, ?)"
_FIND = "SELECT term, n FROM terms WHERE term IN ({})"
_COUNT = "INSERT INTO terms VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET n = n + excluded.n"
_FORGET = "DELETE FROM documents WHERE collection = ? AND document = ?"
_KEEP = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)"
_LIST = """SELECT document, source, root, digest, chunks FROM documents
    WHERE collection = ?1 OR ?1 IS NULL ORDER BY document, collection"""
_FORMAT = 1
_BUSY_S = 30.0


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to the counts: words by the difference, documents that went and that came.

    `gone` holds (collection, document), `come` a collection with each record. The writer fills it as it goes.
    """

    words: Counter[str]
    gone: list[tuple[str, str]] = field(default_factory=list)
    come: list[tuple[str, DocumentRecord]] = field(default_factory=list)


class Counts:
    """Word counts, documents and change numbers, shared by the threads of a process and by processes."""

    def __init__(self, file: Path, embedder: str, *, behind: bool) -> None:
        """Open or create the file; `behind` says that a new file stands beside a table that holds something."""
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(file, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version != _FORMAT:
            # Reading alone writes nothing here, so that a full disk does not stop a search.
            with WriterLock(file.with_name("counts.lock")).held():  # SQLite does not wait for others who do this
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.executescript(_SCHEMA)
                # From the clock, so that an index made anew in the same place never takes up a number of the old one.
                self._connection.execute(_BEGIN, (_now_ms(), behind, embedder))
                self._connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def frequencies(self, tokens: Iterable[str]) -> dict[str, int]:
        """Return the number of chunks that hold each token, 0 for an unknown one."""
        distinct = list(dict.fromkeys(tokens))
        with self._lock:
            return dict.fromkeys(distinct, 0) | looked_up(self._connection, _FIND, distinct)

    def state(self) -> tuple[int, int]:
        """Return a number that grows with every change, and how often the files were laid out anew."""
        with self._lock:
            generation, layout = self._connection.execute("SELECT generation, layout FROM state").fetchone()
        return generation, layout

    def embedder(self) -> str:
        """Return the name of the embedder that the index was made with."""
        with self._lock:
            (name,) = self._connection.execute("SELECT embedder FROM state").fetchone()
        return str(name)

    def documents(self, collection: str | None) -> list[DocumentRecord] | None:
        """List the documents of one collection, or of all; None while a change is not settled."""
        with self._lock:
            (unsettled,) = self._connection.execute("SELECT unsettled FROM state").fetchone()
            found = [] if unsettled else self._connection.execute(_LIST, (collection,)).fetchall()
        return None if unsettled else [DocumentRecord(*row) for row in found]

    def known(self, documents: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of the (collection, document) pairs that the index holds."""
        statement = "SELECT 1 FROM documents WHERE collection = ? AND document = ?"
        with self._lock:
            return [pair for pair in documents if self._connection.execute(statement, pair).fetchone()]

    def mark(self) -> bool:
        """Say that a change begins; return whether an earlier one was never settled.

        The number comes from the clock, so that an index brought back from a backup takes up none of the changes that
        it lost, unless the clock was set back meanwhile: answers are kept by it.
        """
        with self._lock:
            (unsettled,) = self._connection.execute("SELECT unsettled FROM state").fetchone()
            self._connection.execute(_MARK, (_now_ms(),))
        return bool(unsettled)

    def settle(self, change: Change) -> None:
        """Add the change to the counts and say that it is complete."""
        self._write(change, empty=False)

    def rebuild(self, everything: Change) -> None:
        """Replace all counts."""
        self._write(everything, empty=True)

    def relaid(self) -> None:
        """Tell other processes that the files were laid out anew."""
        with self._lock:
            self._connection.execute("UPDATE state SET layout = layout + 1")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _write(self, change: Change, *, empty: bool) -> None:
        words = sorted((word, n) for word, n in change.words.items() if n)
        come = [(c, d.document, d.source, d.root, d.digest, d.chunks) for c, d in change.come]
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if empty:
                self._connection.execute("DELETE FROM terms")
                self._connection.execute("DELETE FROM documents")
            self._connection.executemany(_COUNT, words)
            spent = ((word,) for word, n in words if n < 0)
            self._connection.executemany("DELETE FROM terms WHERE term = ? AND n <= 0", spent)
            self._connection.executemany(_FORGET, change.gone)
            self._connection.executemany(_KEEP, come)
            self._connection.execute("UPDATE state SET unsettled = 0, generation = generation + 1")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
