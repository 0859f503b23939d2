"""The legs of one search over the table: words, meaning and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bot.backends.lance import rows
from bot.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.backends.lance.snapshot import Snapshot
    from bot.types import Vector


class Found(NamedTuple):
    """A hit and the number of its row in the snapshot."""

    hit: Hit
    number: int


MAX_WORDS = 160
"""Distinct words of one query at most: those that occur in the fewest chunks."""

_EF = 80
_MOST_CODED = 5_000


def words(snapshot: Snapshot, tokens: Sequence[str], where: str | None, limit: int) -> list[Found]:
    """Rank by BM25 over the token column."""
    if not tokens:
        return []
    search = snapshot.table.search(" ".join(tokens), query_type="fts", fts_columns="tokens")
    search = search.select(["_score"]).with_row_id(with_row_id=True).limit(limit)
    found = (search.where(where) if where else search).to_arrow()
    return _ranked(snapshot, found["_rowid"].to_numpy(), found["_score"].to_numpy(), limit)


def meaning(snapshot: Snapshot, vector: Vector | None, where: str | None, limit: int) -> list[Found]:
    """Rank by cosine; a vector of zeros finds nothing."""
    if vector is None or not np.any(vector):
        return []
    search = snapshot.table.search(vector, vector_column_name="vector").distance_type("dot").ef(max(_EF, limit))
    search = search.select(["_distance"]).with_row_id(with_row_id=True).limit(limit)
    found = (search.where(where, prefilter=True) if where else search).to_arrow()
    return _ranked(snapshot, found["_rowid"].to_numpy(), 1 - found["_distance"].to_numpy(), limit)


def codes(
    snapshot: Snapshot, wanted: Sequence[str], where: str | None, limit: int
) -> tuple[list[Found], frozenset[str]]:
    """Return the chunks that define a wanted code, then those that mention one, and which codes are known at all."""
    if not wanted:
        return [], frozenset()
    order = {code: place for place, code in enumerate(wanted)}
    condition = f"array_has_any(codes, [{rows.quoted(order)}])"
    search = snapshot.table.search().where(f"{condition} AND {where}" if where else condition)
    found = (
        search.select(["key", "defines", "codes"])
        .with_row_id(with_row_id=True)
        .limit(_MOST_CODED)
        .to_arrow()
        .to_pylist()
    )
    ranked = []
    for row in found:
        defined = [order[code] for code in row["defines"] if code in order]
        place = min(defined or [order[code] for code in row["codes"] if code in order])
        ranked.append((not defined, place, row["key"], row["_rowid"]))
    hits = [Found(Hit(key, 1.0 if mentions else 2.0), number) for mentions, _, key, number in sorted(ranked)]
    return hits[:limit], frozenset(code for row in found for code in row["codes"] if code in order)


def distinctive(tokens: Sequence[str], frequencies: Mapping[str, int]) -> Sequence[str]:
    """Shorten a long text to its `MAX_WORDS` rarest words that the index knows, in order; a short one stays."""
    if len(tokens) <= MAX_WORDS:
        return tokens
    distinct = list(dict.fromkeys(tokens))
    if len(distinct) <= MAX_WORDS:
        return distinct
    known = (token for token in distinct if frequencies[token])
    kept = set(sorted(known, key=lambda token: (frequencies[token], token))[:MAX_WORDS])
    return [token for token in distinct if token in kept]


def _ranked(
    snapshot: Snapshot,
    numbers: NDArray[np.uint64],
    scores: NDArray[np.float32],
    limit: int,
) -> list[Found]:
    keys = snapshot.keys(numbers)
    found = zip(keys, scores.tolist(), numbers.tolist(), strict=True)
    hits = [Found(Hit(key, score), number) for key, score, number in found]
    return sorted(hits, key=lambda one: (-one.hit.score, one.hit.id))[:limit]
