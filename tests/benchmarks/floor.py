"""The floor that search is measured against: bm25s in numpy and faiss HNSW, in memory, unfiltered, nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Matrix, Vector

_LIMIT = 50


class Floor:
    """Finds the positions of the ten best chunks by both legs and the same fusion."""

    def __init__(self, tokens: Sequence[Sequence[str]], vectors: Matrix) -> None:
        """Build both indexes."""
        import bm25s
        import faiss

        self._words = bm25s.BM25(k1=1.2, b=0.75, backend="numpy")
        self._words.index(list(map(list, tokens)), show_progress=False)
        self._meaning = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
        self._meaning.hnsw.efConstruction = 60
        self._meaning.hnsw.efSearch = 64
        self._meaning.add(vectors)

    def search(self, tokens: Sequence[str], vector: Vector, weight: float = 0.2) -> list[int]:
        """Return the ten best positions by the min-max convex combination of both lists."""
        best, points = self._words.retrieve([list(tokens)], k=_LIMIT, show_progress=False, n_threads=0)
        nearness, near = self._meaning.search(vector[None], _LIMIT)
        fused: dict[int, float] = {}
        for ids, values, share in ((best[0], points[0], 1 - weight), (near[0], nearness[0], weight)):
            low, high = float(np.min(values)), float(np.max(values))
            for position, value in zip(ids.tolist(), values.tolist(), strict=True):
                fused[position] = fused.get(position, 0.0) + share * (value - low) / ((high - low) or 1)
        return sorted(fused, key=lambda position: -fused[position])[:10]
