"""An index in memory that keeps the port's promises by brute force."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from bot.types import DocumentRecord, Hit, Hits, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.types import Chunk, IndexedChunk, Query, Vector

Key = tuple[str, str]


class MemoryIndex:
    """Documents by (collection, name)."""

    def __init__(self) -> None:
        self._documents: dict[Key, list[IndexedChunk]] = {}
        self._generation = 0
        self.readied = 0

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        if not chunks:
            self.readied += 1
            return
        fresh: dict[Key, list[IndexedChunk]] = {}
        for entry in chunks:
            fresh.setdefault((entry.chunk.collection, entry.chunk.document), []).append(entry)
        self._documents |= fresh
        self._changed()

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        for document in documents:
            self._documents.pop((collection, document), None)
        self._changed()

    def documents(self, collection: str | None = None) -> Sequence[DocumentRecord]:
        return [
            DocumentRecord(document, held[0].chunk.source, held[0].chunk.root, held[0].chunk.digest, len(held))
            for (kept, document), held in sorted(self._documents.items(), key=lambda item: (item[0][1], item[0][0]))
            if collection in {None, kept}
        ]

    def generation(self) -> int:
        return self._generation

    def close(self) -> None:
        pass

    def search(self, query: Query) -> Hits:
        every = [entry for held in self._documents.values() for entry in held]
        seen = [entry for entry in every if _visible(entry.chunk, query.scope)]
        frequencies = {token: sum(token in entry.tokens for entry in every) for token in set(query.tokens)}
        idf = {token: log(1 + (len(every) - count + 0.5) / (count + 0.5)) for token, count in frequencies.items()}
        codes = [(entry, code, _code(entry.chunk, code)) for code in query.codes for entry in seen]
        ranked = sorted((-score, query.codes.index(code), entry.chunk.id) for entry, code, score in codes if score)
        best = {name: -score for score, _, name in reversed(ranked)}
        return Hits(
            words=_top(((entry, _bm25(entry, idf)) for entry in seen), query.limit),
            meaning=_top(((entry, _cosine(entry.vector, query.vector)) for entry in seen), query.limit),
            codes=tuple(Hit(name, best[name]) for name in dict.fromkeys(entry[2] for entry in ranked))[: query.limit],
            lines=_top(
                (
                    (entry, max((_cosine(line, query.line) for line in entry.line_vectors), default=0.0))
                    for entry in seen
                ),
                query.limit,
            ),
            frequencies=frequencies,
            total=len(every),
            known_codes=frozenset(code for _, code, score in codes if score),
            read=lambda ids: {entry.chunk.id: entry.chunk for entry in seen if entry.chunk.id in ids},
        )

    def _changed(self) -> None:
        self._generation += 1


def _visible(chunk: Chunk, scope: Scope) -> bool:
    limits = ((scope.collections, chunk.collection), (scope.documents, chunk.document))
    allowed = all(names is None or value in names for names, value in limits)
    return allowed and chunk.collection not in scope.hidden


def _bm25(entry: IndexedChunk, idf: Mapping[str, float]) -> float:
    counts = Counter(entry.tokens)
    return sum(weight * counts[token] / (counts[token] + 1.2) for token, weight in idf.items())


def _cosine(vector: Vector, query: Vector | None) -> float:
    return 0.0 if query is None else float(vector @ query)


def _code(chunk: Chunk, code: str) -> int:
    return 2 if code in chunk.defines else int(code in chunk.codes)


def _top(scored: Iterable[tuple[IndexedChunk, float]], limit: int) -> tuple[Hit, ...]:
    hits = sorted((-score, entry.chunk.id) for entry, score in scored if score > 0)
    return tuple(Hit(name, -score) for score, name in hits[:limit])
