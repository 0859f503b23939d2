"""A sync lets the index load what writing needs while files are read, and only when there is something to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.knowledge.sync import sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.types import Chunk


def _prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    none = np.zeros((0, 4), np.float32)
    return [IndexedChunk(chunk, (), np.zeros(4, np.float32), none) for chunk in chunks]


def test_an_index_gets_ready_once_and_only_for_what_it_does_not_hold(tmp_path: Path) -> None:
    index, readied = MemoryIndex(), []
    page = tmp_path / "a.md"
    page.write_text("# Alpha\n\nFirst version.\n")
    (tmp_path / "b.md").write_text("# Beta\n\nAnother page.\n")
    for text in ("First version.", "First version.", "Second version."):
        page.write_text(f"# Alpha\n\n{text}\n")
        sync([tmp_path], "default", index, _prepare, Ingesting())
        readied.append(index.readied)

    assert readied == [1, 1, 2]
