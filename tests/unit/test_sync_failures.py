"""What an index cannot take ends the sync with that error, and leaves what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.errors import StorageFullError
from bot.knowledge.sync import sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.types import Chunk


class FullIndex(MemoryIndex):
    """Takes the first document only."""

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        if self._documents:
            message = "The disk is full."
            raise StorageFullError(message)
        super().add(chunks)


def _prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    empty = np.zeros((0, 4), np.float32)
    return [IndexedChunk(chunk, (), np.zeros(4, np.float32), empty) for chunk in chunks]


def test_a_full_disk_keeps_what_was_written(tmp_path: Path) -> None:
    index = FullIndex()
    (tmp_path / "a.md").write_text("# A")
    sync([tmp_path], "default", index, _prepare, Ingesting())
    (tmp_path / "b.md").write_text("# B")

    with pytest.raises(StorageFullError):
        sync([tmp_path], "default", index, _prepare, Ingesting())
    assert [record.document for record in index.documents()] == ["a.md"]
