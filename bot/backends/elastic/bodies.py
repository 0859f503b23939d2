"""The bodies of one search, each leg one of them: pure functions from a query to what `_msearch` takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.backends.elastic.layout import clean, packed, term
from bot.backends.elastic.state import EDITIONS, UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.types import Query, Scope, Vector

Body = dict[str, Any]

MAX_WORDS = 160
"""Distinct words of one query at most: those that occur in the fewest chunks."""

SPARE = 10
"""So many more hits are fetched by words than asked for, before the order is settled on exact lengths."""

_NEAR, _NEAR_LINES = 200, 1_000
"""Candidates of a graph's search, of chunks and of lines: near-twins, such as pages of codes, are missed with fewer.

A line that stands in more pages than this can hide what lies behind it: its equal vectors are each other's
neighbours in the graph (of the ten best lines .89 were found while every page's headings were lines, .999 since).
"""
_RANKED_CODES = 256
_AT_ONCE = 60_000
"""Values of one `terms` query; `index.max_terms_count` is 65,536 unless set."""

COUNTS = "counts"
_COUNTED = 30_000
"""Tokens counted by one search; `search.max_buckets` is 65,536 unless set."""

_TEXT = 4_000
"""Words of one text that `more_like_this` compares with; Lucene reads 5,000 of each."""

_LEAN: Body = {
    "_source": False,
    "stored_fields": "_none_",
    "docvalue_fields": ["key"],
    "track_total_hits": False,
}
"""Hits come as scores and keys alone; no stored field is read for them."""


def searches(query: Query, state: str) -> dict[str, Body]:
    """Return the bodies by leg, the counts first; legs that can find nothing are left out.

    `state` is the index that knows which editions are not finished.
    """
    found = {f"{COUNTS}{part}": counts(tokens) for part, tokens in enumerate(_parted(query.tokens))}
    if frozenset() in (query.scope.collections, query.scope.documents):
        return found
    where = [finished(state), *within(query.scope)]
    if query.tokens:
        found["words"] = words(query.tokens, where, query.limit)
    if query.vector is not None and np.any(query.vector):
        found["meaning"] = nearest("vector", query.vector, where, query.limit)
    if query.codes:
        found["codes"] = codes(query.codes, where, query.limit)
    if query.line is not None and np.any(query.line):
        found["lines"] = nearest("lines.vector", query.line, where, query.limit, _NEAR_LINES)
    return found


def finished(state: str) -> Body:
    """Match chunks of finished editions: Elasticsearch looks the others up itself."""
    return {"bool": {"must_not": [{"terms": {"edition": {"index": state, "id": UNFINISHED, "path": EDITIONS}}}]}}


def counts(tokens: Sequence[str]) -> Body:
    """Count all chunks, their mean length in tokens, and the chunks that hold each of the tokens.

    What is being written is counted with the rest, as BM25 counts it: to leave it out would take as long again.
    """
    body: Body = {"size": 0, "track_total_hits": True}
    each = [{"term": {"tokens": clean(term(token))}} for token in tokens]
    if each:
        body["aggs"] = {"holding": {"filters": {"filters": each}}, "length": {"avg": {"field": "length"}}}
    return body


def words(tokens: Sequence[str], where: Sequence[Body], limit: int) -> Body:
    """Rank by BM25, each word a clause with its name, so that `ranking.settled` can tell them apart.

    Of a long text Elasticsearch picks the rarest words itself: picking them here would take a round trip more.
    """
    counted = Counter(clean(term(token)) for token in tokens)
    if len(counted) > MAX_WORDS:
        return _LEAN | {"size": limit, "query": {"bool": {"must": [_rarest(list(counted))], "filter": list(where)}}}
    each = [{"term": {"tokens": {"value": word, "boost": times, "_name": word}}} for word, times in counted.items()]
    clauses = {"should": each, "minimum_should_match": 1, "filter": list(where)}
    return _LEAN | {"size": limit + SPARE, "query": {"bool": clauses}, "docvalue_fields": ["key", "length"]}


def nearest(field: str, vector: Vector, where: Sequence[Body], limit: int, near: int = _NEAR) -> Body:
    """Rank by cosine; of a nested field the best vector counts. The filter works inside the graph's search."""
    knn = {"field": field, "query_vector": packed(vector), "k": limit, "num_candidates": max(near, 2 * limit)}
    return _LEAN | {"size": limit, "knn": knn | {"filter": list(where)}}


def codes(wanted: Sequence[str], where: Sequence[Body], limit: int) -> Body:
    """Rank pages that define a code before pages that mention one, each in the order of the codes; count each code.

    The score of a page is that of its best clause: see `ranking.coded`.
    """
    grouped = groups(wanted)
    count = len(grouped)
    clauses = [
        {"constant_score": {"filter": {"terms": {field: names}}, "boost": first - place}}
        for field, first in (("defines", 2 * count), ("codes", count))
        for place, names in enumerate(grouped)
    ]
    query = {"bool": {"must": [{"dis_max": {"queries": clauses}}], "filter": list(where)}}
    each = [{"term": {"codes": clean(code)}} for code in wanted]
    order = [{"_score": "desc"}, {"key": "asc"}]
    return _LEAN | {"size": limit, "query": query, "sort": order, "aggs": {"known": {"filters": {"filters": each}}}}


def groups(wanted: Sequence[str]) -> list[list[str]]:
    """Return the codes one by one; what stands far behind in a long log is one group, since queries have a limit."""
    cleaned = list(dict.fromkeys(map(clean, wanted)))
    rest = cleaned[_RANKED_CODES:]
    return [[code] for code in cleaned[:_RANKED_CODES]] + ([rest] if rest else [])


def within(scope: Scope) -> list[Body]:
    """Write a scope as filters; none where it sets no limit."""
    limits = (("collection", scope.collections), ("document", scope.documents))
    seen = [one_of(field, names) for field, names in limits if names is not None]
    return seen + ([{"bool": {"must_not": [one_of("collection", scope.hidden)]}}] if scope.hidden else [])


def one_of(field: str, names: Iterable[str]) -> Body:
    """Match what has any of many values."""
    values = sorted(map(clean, names))
    parts = [{"terms": {field: values[start : start + _AT_ONCE]}} for start in range(0, len(values), _AT_ONCE)]
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}


def _parted(tokens: Iterable[str]) -> list[list[str]]:
    """Part the distinct tokens, at least into one part, so that each can be counted by one search."""
    distinct = list(dict.fromkeys(tokens))
    return [distinct[start : start + _COUNTED] for start in range(0, len(distinct) or 1, _COUNTED)]


def _rarest(distinct: Sequence[str]) -> Body:
    texts = [" ".join(distinct[start : start + _TEXT]) for start in range(0, len(distinct), _TEXT)]
    limits = {"min_term_freq": 1, "min_doc_freq": 1, "max_query_terms": MAX_WORDS, "minimum_should_match": 1}
    return {"more_like_this": {"fields": ["tokens"], "like": texts} | limits}
