"""Chunks made ready for the index: their tokens, their vectors, and the vectors of their message lines."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from bot import text
from bot.types import IndexedChunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Embedder
    from bot.types import Chunk


def prepare(chunks: Sequence[Chunk], embedder: Embedder, line_embedder: Embedder) -> list[IndexedChunk]:
    """Give each chunk its tokens, its vector by `embedder`, and one vector a line by `line_embedder`, in order."""
    texts = [chunk.searchable for chunk in chunks]
    vectors = embedder.passages(texts)
    lines = line_embedder.passages([line for chunk in chunks for line in chunk.lines])
    ends = list(accumulate(len(chunk.lines) for chunk in chunks))
    return [
        IndexedChunk(chunk, tuple(text.tokens(searchable)), vectors[row], lines[end - len(chunk.lines) : end])
        for row, (chunk, searchable, end) in enumerate(zip(chunks, texts, ends, strict=True))
    ]
