"""What an index holds of which document, and whole documents read back, for writing and carrying over."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.backends.elastic import bodies, layout
from bot.types import DocumentRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from elasticsearch import Elasticsearch

    from bot.types import Chunk

Record = tuple[str, DocumentRecord]
"""A collection and one of its documents."""

_FIELDS = ("document", "collection", "source", "root", "digest")
_BUCKETS = 10_000
_PAGE = 1_000
_NAMES = 1_000
"""Documents asked for in one search."""

MIXED = ""
"""The digest of a document with chunks of several versions, of two writers at once: the next run reads it anew."""


def documents(client: Elasticsearch, index: str, state: str, collection: str | None = None) -> list[Record]:
    """Sum an index up as documents, sorted by document and collection; nothing where there is no such index.

    `state` is the index that knows which editions are not finished.
    """
    counted: dict[tuple[str, str], list[tuple[str, str, str, int]]] = defaultdict(list)
    for bucket in _buckets(client, index, state, collection):
        named = bucket["key"]
        place = (named["document"], named["collection"])
        counted[place].append((named["source"], named["root"], named["digest"], bucket["doc_count"]))
    return [(collection, _record(document, found)) for (document, collection), found in counted.items()]


def keys(client: Elasticsearch, index: str, state: str, named: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the keys of all chunks of the (collection, document) pairs."""
    for query in _queries(state, named):
        for hit in _pages(client, index, query, source=False):
            yield hit["sort"][0]


def editions(client: Elasticsearch, index: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the keys of all chunks of some editions, finished or not."""
    for hit in _pages(client, index, bodies.one_of("edition", names), source=False):
        yield hit["sort"][0]


def chunks(
    client: Elasticsearch, index: str, state: str, wanted: Sequence[Record], at_once: int
) -> Iterator[list[Chunk]]:
    """Yield the chunks of whole documents, so many at once that a list holds `at_once` chunks or one document."""
    for part in _batches(wanted, at_once):
        found: list[Chunk] = []
        for query in _queries(state, ((collection, record.document) for collection, record in part)):
            hits = _pages(client, index, query, source=True)
            found += [layout.to_chunk(hit["_source"]["chunk"]) for hit in hits]
        if found:
            yield found


def _buckets(client: Elasticsearch, index: str, state: str, collection: str | None) -> Iterator[dict[str, Any]]:
    sources = [{name: {"terms": {"field": name}}} for name in _FIELDS]
    composite: dict[str, Any] = {"size": _BUCKETS, "sources": sources}
    within = [] if collection is None else [{"term": {"collection": layout.clean(collection)}}]
    query = {"bool": {"filter": [bodies.finished(state), *within]}}
    while True:
        found = client.search(
            index=index,
            ignore_unavailable=True,
            size=0,
            query=query,
            aggs={"each": {"composite": composite}},
            track_total_hits=False,
            request_cache=False,
        )
        each = found.get("aggregations", {}).get("each", {})
        yield from each.get("buckets", [])
        if "after_key" not in each:
            return
        composite = composite | {"after": each["after_key"]}


def _record(document: str, found: Sequence[tuple[str, str, str, int]]) -> DocumentRecord:
    source, root, digest, _ = found[0]
    total = sum(count for *_, count in found)
    return DocumentRecord(document, source, root, digest if len(found) == 1 else MIXED, total)


def _queries(state: str, named: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for collection, pairs in groupby(sorted(named), key=lambda pair: pair[0]):
        documents = [document for _, document in pairs]
        for start in range(0, len(documents), _NAMES):
            names = bodies.one_of("document", documents[start : start + _NAMES])
            within = {"term": {"collection": layout.clean(collection)}}
            yield {"bool": {"filter": [bodies.finished(state), within, names]}}


def _pages(client: Elasticsearch, index: str, query: dict[str, Any], *, source: bool) -> Iterator[dict[str, Any]]:
    """Yield all hits in the order of their keys."""
    after: dict[str, Any] = {}
    while True:
        found = client.search(
            index=index,
            ignore_unavailable=True,
            size=_PAGE,
            query=query,
            sort=[{"key": "asc"}],
            source=source,
            track_total_hits=False,
            **after,
        )
        hits = found["hits"]["hits"]
        yield from hits
        if len(hits) < _PAGE:
            return
        after = {"search_after": hits[-1]["sort"]}


def _batches(wanted: Sequence[Record], at_once: int) -> Iterator[list[Record]]:
    part: list[Record] = []
    size = 0
    for collection, record in wanted:
        if part and size + record.chunks > at_once:
            yield part
            part, size = [], 0
        part.append((collection, record))
        size += record.chunks
    if part:
        yield part
