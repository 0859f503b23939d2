"""The legs of one search over the table: words, meaning and codes, asked together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.backends.lance import rows
from bot.backends.lance.crossing import fetched
from bot.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.backends.lance.snapshot import Snapshot
    from bot.types import Query, Vector


class Found(NamedTuple):
    """A hit and the number of its row in the snapshot."""

    hit: Hit
    number: int


MAX_WORDS = 160
"""Distinct words of one query at most: those that occur in the fewest chunks."""

_REFINED = 2
"""So many times as many vectors as are wanted are compared again, as they are instead of by their bits."""

_MOST_CODED = 5_000


class Answers(NamedTuple):
    """What LanceDB says to one query, as Arrow tables; a leg that was not asked is None."""

    words: Any
    meaning: Any
    codes: Any


async def ask(snapshot: Snapshot, query: Query, tokens: Sequence[str]) -> Answers:
    """Ask all legs at once, so that a search crosses over to LanceDB's thread once; `tokens` may be fewer."""
    where, limit = rows.within(query.scope), query.limit
    legs = _words(snapshot, tokens, where, limit), _meaning(snapshot, query.vector, where, limit)
    return Answers(*await asyncio.gather(*legs, _codes(snapshot, query.codes, where)))


async def _words(snapshot: Snapshot, tokens: Sequence[str], where: str | None, limit: int) -> Any:  # noqa: ANN401 - an Arrow table
    """Rank by BM25 over the token column."""
    if not tokens:
        return None
    found = snapshot.table.query().nearest_to_text(" ".join(tokens), columns="tokens").select(["_score"])
    return await fetched(_within(found, where).with_row_id().limit(limit), limit)


async def _meaning(snapshot: Snapshot, vector: Vector | None, where: str | None, limit: int) -> Any:  # noqa: ANN401 - an Arrow table
    """Rank by cosine; a vector of zeros finds nothing."""
    if vector is None or not np.any(vector):
        return None
    found = snapshot.table.query().nearest_to(vector).column("vector").distance_type("dot").refine_factor(_REFINED)
    return await fetched(_within(found.select(["_distance"]), where).with_row_id().limit(limit), limit)


async def _codes(snapshot: Snapshot, wanted: Sequence[str], where: str | None) -> Any:  # noqa: ANN401 - an Arrow table
    """Look up the chunks that define a wanted code or mention one."""
    if not wanted:
        return None
    found = snapshot.table.query().where(f"array_has_any(codes, [{rows.quoted(wanted)}])")
    found = _within(found, where).select(["key", "defines", "codes"])
    return await fetched(found.with_row_id().limit(_MOST_CODED), _MOST_CODED)


def words(snapshot: Snapshot, found: Any, limit: int) -> list[Found]:  # noqa: ANN401 - an Arrow table
    """Return the hits of the words' leg."""
    return [] if found is None else _ranked(snapshot, found["_rowid"].to_numpy(), found["_score"].to_numpy(), limit)


def meaning(snapshot: Snapshot, found: Any, limit: int) -> list[Found]:  # noqa: ANN401 - an Arrow table
    """Return the hits of the meaning's leg, scored by cosine."""
    if found is None:
        return []
    return _ranked(snapshot, found["_rowid"].to_numpy(), 1 - found["_distance"].to_numpy(), limit)


def codes(wanted: Sequence[str], found: Any, limit: int) -> tuple[list[Found], frozenset[str]]:  # noqa: ANN401 - an Arrow table
    """Return the chunks that define a wanted code, then those that mention one, and which codes are known at all."""
    if found is None:
        return [], frozenset()
    order = {code: place for place, code in enumerate(wanted)}
    ranked, known = [], set[str]()
    for row in found.to_pylist():
        defined = [order[code] for code in row["defines"] if code in order]
        mentioned = [code for code in row["codes"] if code in order]
        known.update(mentioned)
        place = min(defined or [order[code] for code in mentioned])
        ranked.append((not defined, place, row["key"], row["_rowid"]))
    hits = [Found(Hit(key, 1.0 if mentions else 2.0), number) for mentions, _, key, number in sorted(ranked)]
    return hits[:limit], frozenset(known)


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


def _within(found: Any, where: str | None) -> Any:  # noqa: ANN401 - LanceDB has no types
    return found.where(where) if where else found


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
