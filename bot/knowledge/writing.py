"""Writes documents into the index in batches: first what is new, then what it replaces is forgotten."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.ports import Index
    from bot.types import Chunk, IndexedChunk

_BATCH = 1_024
"""Chunks written at once: large enough for the index, small enough that a killed run loses little."""


class Writer:
    """Collects documents and removals; a document's chunks always reach the index in one call.

    `batches` counts the calls so far, `changed` says whether the index is another one than before.
    """

    def __init__(self, index: Index, collection: str, prepare: Callable[[Sequence[Chunk]], list[IndexedChunk]]) -> None:
        """Write into one collection; `prepare` makes chunks ready for the index."""
        self.collection = collection
        self.changed = False
        self.batches = 0
        self._index = index
        self._prepare = prepare
        self._chunks: list[Chunk] = []
        self._readying: threading.Thread | None = None
        self._once = threading.Lock()
        self._stale: list[str] = []

    def get_ready(self) -> None:
        """Let the index load what writing needs while files are read; any number of threads may call it."""
        with self._once:
            if self._readying is None:
                self._readying = threading.Thread(target=self._load, name="index-ready")
                self._readying.start()

    def _load(self) -> None:
        with suppress(QuorumError, ImportError):  # which the first write raises again
            self._index.add(())

    def add(self, documents: Iterable[Sequence[Chunk]]) -> None:
        """Take documents, and write whenever a batch is full."""
        for chunks in documents:
            self._chunks.extend(chunks)
            if len(self._chunks) >= _BATCH:
                self._write()

    def remove(self, documents: Iterable[str]) -> None:
        """Take names to forget after everything that was added before is written."""
        self._stale.extend(documents)

    def flush(self) -> None:
        """Write what is left, then forget what is stale."""
        self._write()
        if self._stale:
            self._index.remove(self.collection, self._stale)
            self._stale = []
            self.changed = True

    def _write(self) -> None:
        if self._readying is not None:
            self._readying.join()
        if self._chunks:
            self._index.add(self._prepare(self._chunks))
            self._chunks = []
            self.batches += 1
            self.changed = True
