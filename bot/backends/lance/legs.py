"""The legs of one search over the table: words, meaning and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.backends.lance import rows
from bot.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.types import Vector

MAX_WORDS = 160
"""Distinct words of one query at most: those that occur in the fewest chunks."""

_EF = 80
_MOST_CODED = 5_000
_COLUMNS = ["key", "_score"]


def words(table: Any, tokens: Sequence[str], where: str | None, limit: int) -> tuple[Hit, ...]:  # noqa: ANN401 - untyped
    """Rank by BM25 over the token column."""
    if not tokens:
        return ()
    search = table.search(" ".join(tokens), query_type="fts", fts_columns="tokens").select(_COLUMNS).limit(limit)
    found = (search.where(where) if where else search).to_arrow()
    return _ranked(found["key"].to_pylist(), found["_score"].to_numpy(), limit)


def meaning(table: Any, vector: Vector | None, where: str | None, limit: int) -> tuple[Hit, ...]:  # noqa: ANN401 - untyped
    """Rank by cosine; a vector of zeros finds nothing."""
    if vector is None or not np.any(vector):
        return ()
    search = table.search(vector, vector_column_name="vector").distance_type("dot").ef(max(_EF, limit))
    search = search.select(["key", "_distance"]).limit(limit)
    found = (search.where(where, prefilter=True) if where else search).to_arrow()
    return _ranked(found["key"].to_pylist(), 1 - found["_distance"].to_numpy(), limit)


def codes(
    table: Any,  # noqa: ANN401 - LanceDB has no types
    wanted: Sequence[str],
    where: str | None,
    limit: int,
) -> tuple[tuple[Hit, ...], frozenset[str]]:
    """Return the chunks that define a wanted code, then those that mention one, and which codes are known at all."""
    if not wanted:
        return (), frozenset()
    order = {code: place for place, code in enumerate(wanted)}
    defining = _coded(table, "defines", order, where)
    mentioning = _coded(table, "codes", order, where)
    known = frozenset(code for found in (defining, mentioning) for _, has in found for code in has)
    hits = {key: Hit(key, 2.0) for _, key in _in_order(defining, order)}
    for _, key in _in_order(mentioning, order):
        hits.setdefault(key, Hit(key, 1.0))
    return tuple(hits.values())[:limit], known


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


def _coded(table: Any, column: str, order: Mapping[str, int], where: str | None) -> list[tuple[str, list[str]]]:  # noqa: ANN401 - untyped
    condition = f"array_has_any({column}, [{rows.quoted(order)}])"
    condition = f"{condition} AND {where}" if where else condition
    found = table.search().where(condition).select(["key", column]).limit(_MOST_CODED).to_arrow()
    pairs = zip(found["key"].to_pylist(), found[column].to_pylist(), strict=True)
    return [(key, [code for code in has if code in order]) for key, has in pairs]


def _in_order(found: Sequence[tuple[str, list[str]]], order: Mapping[str, int]) -> list[tuple[int, str]]:
    return sorted((min(order[code] for code in has), key) for key, has in found)


def _ranked(keys: Sequence[str], scores: np.ndarray[tuple[int], np.dtype[np.float32]], limit: int) -> tuple[Hit, ...]:
    hits = [Hit(key, float(score)) for key, score in zip(keys, scores, strict=True)]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit])
