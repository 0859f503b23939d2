"""One process's hold on an index folder: the table and the counts, opened late and kept at their newest state."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from bot.backends.lance import files
from bot.backends.lance.counts import Counts

if TYPE_CHECKING:
    from pathlib import Path


class Opening:
    """Opens the folder when it exists, makes it when something is written, and follows other processes' changes."""

    def __init__(self, folder: Path, embedder: str, dimensions: int) -> None:
        """Open what is there. Raises `EmbedderMismatchError`, and what the drivers raise."""
        self._folder, self._embedder, self._dimensions = folder, embedder, dimensions
        self._lock = threading.Lock()
        self._seen = (-1, -1)
        self._table: Any = None
        self._counts: Counts | None = None
        self.current()

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
        """Return the newest table and its counts, made first if need be. The caller holds the writer's lock."""
        current = self.current()
        if current is not None:
            return current
        with self._lock:
            self._table = files.make_table(self._folder, self._embedder, self._dimensions)
            return self._table, self._opened_counts()

    def close(self) -> None:
        """Close the counts' file."""
        with self._lock:
            if self._counts is not None:
                self._counts.close()
            self._counts = None

    def _opened_counts(self) -> Counts:
        if self._counts is None:
            self._counts = Counts(self._folder / "counts.db")
        return self._counts
