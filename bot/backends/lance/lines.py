"""The single lines of catalogue pages: all their vectors in memory, scored at once, each page by its best line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.backends.lance.legs import Found
from bot.types import Hit, Scope

if TYPE_CHECKING:
    from bot.types import Vector

_COLUMNS = ["key", "collection", "document", "line_count", "line_vectors"]


@dataclass(frozen=True, slots=True)
class Lines:
    """`vectors` has shape (lines, dimensions) in half precision; `starts` says where each page's lines begin."""

    keys: tuple[str, ...]
    numbers: tuple[int, ...]
    collections: NDArray[np.str_]
    documents: NDArray[np.str_]
    starts: NDArray[np.intp]
    vectors: NDArray[np.float16]

    def search(self, vector: Vector, scope: Scope, limit: int) -> list[Found]:
        """Return the pages of the scope with the best lines by cosine, ties by key."""
        if not self.keys:
            return []
        places = np.flatnonzero(vector)
        scores = (self.vectors[:, places] @ vector[places].astype(np.float16)).astype(np.float32)
        best = np.maximum.reduceat(scores, self.starts)
        best[~self._visible(scope)] = -np.inf
        top = np.argsort(-best, kind="stable")[: limit * 2]
        hits = [
            Found(Hit(self.keys[place], float(best[place])), self.numbers[place]) for place in top if best[place] > 0
        ]
        return sorted(hits, key=lambda one: (-one.hit.score, one.hit.id))[:limit]

    def _visible(self, scope: Scope) -> NDArray[np.bool_]:
        seen = np.ones(len(self.keys), dtype=bool)
        if scope.collections is not None:
            seen &= np.isin(self.collections, list(scope.collections))
        if scope.documents is not None:
            seen &= np.isin(self.documents, list(scope.documents))
        if scope.hidden:
            seen &= ~np.isin(self.collections, list(scope.hidden))
        return seen


async def read(table: Any) -> Any:  # noqa: ANN401 - LanceDB has no types
    """Read the rows of every page that has lines; an Arrow table."""
    return await table.query().where("line_count > 0").select(_COLUMNS).with_row_id().to_arrow()


def load(found: Any, dimensions: int) -> Lines:  # noqa: ANN401 - an Arrow table
    """Gather the lines of rows that were read."""
    found = found.sort_by("key")
    counts = found["line_count"].to_numpy().astype(np.intp)
    joined = b"".join(found["line_vectors"].to_pylist())
    return Lines(
        keys=tuple(found["key"].to_pylist()),
        numbers=tuple(found["_rowid"].to_pylist()),
        collections=np.array(found["collection"].to_pylist(), dtype=str),
        documents=np.array(found["document"].to_pylist(), dtype=str),
        starts=np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.intp) if len(counts) else counts,
        vectors=np.frombuffer(joined, dtype=np.float16).reshape(-1, dimensions),
    )
