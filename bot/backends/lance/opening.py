"""One process's hold on an index folder: the table and the counts, opened late and kept at their newest state."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from bot.backends.lance import files
from bot.backends.lance.counts import Counts
from bot.errors import EmbedderMismatchError

if TYPE_CHECKING:
    from pathlib import Path


class Opening:
    """Opens the folder when it exists, makes it when something is written, and follows other processes' changes.

    The table, and with it LanceDB, is loaded when it is first needed; the counts are enough to check the embedder.
    """

    def __init__(self, folder: Path, embedder: str, dimensions: int) -> None:
        """Open the counts of what is there. Raises `EmbedderMismatchError`, and what SQLite raises."""
        self._folder, self._embedder, self._dimensions = folder, embedder, dimensions
        self._lock = threading.Lock()
        self._seen = (-1, -1)
        self._table: Any = None
        self._complete = False
        self._counts: Counts | None = None
        self.counts()

    def counts(self) -> Counts | None:
        """Return the counts, or None while there is no index."""
        with self._lock:
            return self._opened_counts() if files.exists(self._folder) else None

    def current(self) -> tuple[Any, Counts] | None:
        """Return the newest table and its counts, or None while there is no index."""
        with self._lock:
            if self._table is None:
                self._table = files.open_table(self._folder, self._embedder)
            if self._table is None:
                return None
            counts = self._opened_counts()
            state = counts.state()
            if state != self._seen:
                self._table.checkout_latest()
                self._seen = state
            return self._table, counts

    def made(self) -> tuple[Any, Counts]:
        """Return the newest table and its counts, made first if need be. The caller holds the writer's lock.

        A process that was killed while it made the table may have left it without indexes, and empty.
        """
        current = self.current()
        with self._lock:
            if current is None:
                self._table = files.make_table(self._folder, self._embedder, self._dimensions)
                current = self._table, self._opened_counts()
            if not self._complete:
                files.ensure_indexes(self._table)
                self._complete = True
            return current

    def close(self) -> None:
        """Close the counts' file."""
        with self._lock:
            if self._counts is not None:
                self._counts.close()
            self._counts = None

    def _opened_counts(self) -> Counts:
        if self._counts is None:
            counts = Counts(self._folder / "counts.db", self._embedder, behind=files.exists(self._folder))
            if counts.embedder() != self._embedder:
                made_with = counts.embedder()
                counts.close()
                raise EmbedderMismatchError(str(self._folder), made_with, self._embedder)
            self._counts = counts
        return self._counts
