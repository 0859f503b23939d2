"""Reads what one multi-search found: ranked lists with ties broken by key, and the counts beside them."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.backends.elastic.layout import K1, B, clean, term
from bot.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Found = dict[str, Any]

_EXACT = 40
"""Lucene keeps the length of a text in one byte: exact to here, above it cut to four binary digits."""


def counted(parts: Sequence[Found], tokens: Sequence[str]) -> tuple[dict[str, int], int, float]:
    """Return the number of chunks that hold each distinct token, of all chunks, and their mean length in tokens."""
    aggregated = [part.get("aggregations", {}) for part in parts]
    buckets = [bucket for part in aggregated for bucket in part.get("holding", {}).get("buckets", [])]
    distinct = dict.fromkeys(tokens)
    holding = {token: int(bucket["doc_count"]) for token, bucket in zip(distinct, buckets, strict=True)}
    mean = float(aggregated[0].get("length", {}).get("value") or 0.0)
    return holding, int(parts[0]["hits"]["total"]["value"]), mean


def scored(found: Found) -> list[Hit]:
    """Return hits with the engine's own scores."""
    return _ordered(_hits(found))


def cosines(found: Found) -> list[Hit]:
    """Return hits with cosines; Elasticsearch's score is (1 + cosine) / 2."""
    return _ordered([Hit(hit.id, 2 * hit.score - 1) for hit in _hits(found)])


def coded(found: Found, groups: int) -> list[Hit]:
    """Return 2 for pages that define one of so many groups of codes, 1 for those that mention one."""
    return [Hit(hit.id, 2.0 if hit.score > groups else 1.0) for hit in _hits(found)]


def known(found: Found, wanted: Sequence[str]) -> frozenset[str]:
    """Return the wanted codes that some chunk of the scope carries."""
    buckets = found["aggregations"]["known"]["buckets"]
    return frozenset(code for code, bucket in zip(wanted, buckets, strict=True) if bucket["doc_count"])


def settled(
    found: Found, tokens: Sequence[str], holding: Mapping[str, int], total: int, mean: float, limit: int
) -> list[Hit]:
    """Rank by BM25 on exact lengths, by which near-twins and long chunks change places.

    Each word's share of a score tells how often the word occurs, for the length that Lucene remembers; with that
    number the score is worked out again. Elasticsearch's own scores stay where it chose the words itself, and where
    they do not fit the counts, since Lucene counts deleted chunks until it has merged them away.
    """
    hits = found.get("hits", {}).get("hits", [])
    times = Counter(clean(term(token)) for token in tokens)
    weights = {word: _weight(holding[token], total, times[word]) for token in holding if (word := clean(term(token)))}
    ranked = []
    for hit in hits:
        shares = hit.get("matched_queries", {})
        if not shares or any(share >= weights[word] for word, share in shares.items()):
            return scored(found)[:limit]
        length = hit["fields"]["length"][0]
        near, exact = (K1 * (1 - B + B * size / mean) for size in (remembered(length), length))
        score = sum(_again(share, weights[word], near, exact) for word, share in shares.items())
        ranked.append(Hit(hit["fields"]["key"][0], score))
    return _ordered(ranked)[:limit]


def remembered(length: int) -> int:
    """Return the length that Lucene remembers for a text of so many tokens (`SmallFloat.byte4ToInt`).

    >>> [remembered(length) for length in (39, 40, 41, 42, 100, 287)]
    [39, 40, 40, 42, 96, 280]
    """
    free = _EXACT - 16
    over = length - free
    shift = max(0, over.bit_length() - 4)
    return length if over < 16 else free + (over >> shift << shift)  # noqa: PLR2004 - four binary digits


def _again(share: float, weight: float, near: float, exact: float) -> float:
    """Turn a word's share of a score for one length into that for another, by the number of times it occurs."""
    part = share / weight
    times = max(1, round(near * part / (1 - part)))
    return weight * times / (times + exact)


def _weight(holding: int, total: int, times: int) -> float:
    """Return what a word is worth at most: its idf, with the factor that Elasticsearch and LanceDB leave in."""
    return times * (K1 + 1) * math.log1p((total - holding + 0.5) / (holding + 0.5))


def _hits(found: Found) -> list[Hit]:
    return [Hit(hit["fields"]["key"][0], hit["_score"]) for hit in found.get("hits", {}).get("hits", [])]


def _ordered(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))
