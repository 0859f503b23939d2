"""One process's hold on an index folder: a snapshot to search, and the counts beside the table."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.backends.lance import files
from bot.backends.lance.copies import Copies
from bot.backends.lance.counts import Counts
from bot.backends.lance.crossing import Crossing
from bot.backends.lance.keys import Keys
from bot.backends.lance.snapshot import Snapshot
from bot.errors import EmbedderMismatchError

if TYPE_CHECKING:
    from pathlib import Path


class Opening:
    """Opens the folder when it exists, and takes a new snapshot after every change, also of another process.

    The table, and with it LanceDB, is loaded when it is first needed; the counts are enough to check the embedder.
    """

    def __init__(self, folder: Path, embedder: str, line_dimensions: int) -> None:
        """Open the counts of what is there. Raises `EmbedderMismatchError`, and what SQLite raises."""
        self._folder, self._embedder, self._line_dimensions = folder, embedder, line_dimensions
        self._lock = threading.Lock()
        self._seen = (-1, -1)
        self._keys = Keys()
        self._crossing = Crossing()
        self._snapshot: Snapshot | None = None
        self._counts: Counts | None = None
        self.copies = Copies(folder / "texts.db")
        self.counts()

    def counts(self) -> Counts | None:
        """Return the counts, or None while there is no index."""
        with self._lock:
            return self._opened_counts() if files.exists(self._folder) else None

    def made_counts(self) -> Counts:
        """Return the counts of a table that was just made."""
        with self._lock:
            return self._opened_counts()

    def current(self) -> tuple[Snapshot, Counts] | None:
        """Return the newest snapshot and its counts, or None while there is no index."""
        with self._lock:
            if not files.exists(self._folder):
                return None
            counts = self._opened_counts()
            state = counts.state()
            if self._snapshot is None or state != self._seen:
                table = self._crossing.run(files.open_reading(self._folder, self._embedder))
                self._snapshot = Snapshot(table, self._crossing, self._line_dimensions, self._keys, self.copies)
                self._seen = state
            return self._snapshot, counts

    def close(self) -> None:
        """Close the files beside the table, and end the thread that asks."""
        with self._lock:
            self._crossing.close()
            self.copies.close()
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
