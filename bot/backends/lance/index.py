"""The embedded `Index`: one LanceDB table, searched by three legs at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.backends.lance import legs, lines, rows
from bot.backends.lance.failures import mapped
from bot.backends.lance.opening import Opening
from bot.backends.lance.writing import Writer
from bot.types import Hits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from bot.types import Chunk, DocumentRecord, Hit, IndexedChunk, Query

_NOTHING = Hits((), (), (), (), {}, 0, frozenset(), lambda _: {})


class LanceIndex:
    """Keeps chunks in a folder; see `bot.ports.Index`. Any number of processes may read while one writes.

    The ids in its hits name chunks within this index: the chunk's id and its collection.
    """

    def __init__(self, folder: Path, embedder: str, dimensions: int, line_dimensions: int) -> None:
        """Open the index, if there is one; the first `add` makes it.

        Raises `EmbedderMismatchError` or `IndexDamagedError`.
        """
        self._folder, self._line_dimensions = folder, line_dimensions
        self._threads = ThreadPoolExecutor(3, thread_name_prefix="index-legs")
        self._lines: tuple[int, lines.Lines] | None = None
        with mapped(folder):
            self._opening = Opening(folder, embedder, dimensions)
            self._writer = Writer(folder, self._opening)

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name with these chunks."""
        if chunks:
            with mapped(self._folder):
                self._writer.add(chunks)

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget the documents of a collection; unknown names are no error."""
        with mapped(self._folder):
            self._writer.remove(collection, documents)

    def search(self, query: Query) -> Hits:
        """Return ranked lists of at most `query.limit` hits for each leg."""
        with mapped(self._folder):
            self._writer.settled()
            current = self._opening.current()
            if current is None:
                return _NOTHING
            table, counts = current
            frequencies = counts.frequencies(query.tokens)
            total = table.count_rows()
            if not total:
                return _NOTHING
            words, meaning, (codes, known), best = self._ranked(table, query, frequencies)

        def read(ids: Sequence[str]) -> Mapping[str, Chunk]:
            with mapped(self._folder):
                return _read(table, ids)

        return Hits(words, meaning, codes, best, frequencies, total, known, read)

    def documents(self, collection: str | None = None) -> Sequence[DocumentRecord]:
        """List the documents of one collection, or of all, sorted by document."""
        with mapped(self._folder):
            self._writer.settled()
            counts = self._opening.counts()
            found = [] if counts is None else counts.documents(collection)
            if found is not None:
                return found
            current = self._opening.current()
            listed = [] if current is None else rows.documents(current[0])
        kept = [pair for pair in listed if collection in {None, pair[0]}]
        return [record for _, record in sorted(kept, key=lambda pair: (pair[1].document, pair[0]))]

    def generation(self) -> int:
        """Return a number that grows with every change, seen by every process."""
        with mapped(self._folder):
            self._writer.settled()
            counts = self._opening.counts()
            return 0 if counts is None else counts.state()[0]

    def close(self) -> None:
        """Release files; finish the counts, and optimise what was added."""
        with mapped(self._folder):
            self._writer.close()
            self._threads.shutdown()
            self._opening.close()

    def _ranked(
        self,
        table: Any,  # noqa: ANN401 - LanceDB has no types
        query: Query,
        frequencies: Mapping[str, int],
    ) -> tuple[tuple[Hit, ...], tuple[Hit, ...], tuple[tuple[Hit, ...], frozenset[str]], tuple[Hit, ...]]:
        if frozenset() in (query.scope.collections, query.scope.documents):
            return (), (), ((), frozenset()), ()
        where = rows.within(query.scope)
        tokens = legs.distinctive(query.tokens, frequencies)
        words = self._threads.submit(legs.words, table, tokens, where, query.limit)
        codes = self._threads.submit(legs.codes, table, query.codes, where, query.limit)
        meaning = legs.meaning(table, query.vector, where, query.limit)
        best: tuple[Hit, ...] = ()
        if query.line is not None:
            best = self._newest_lines(table).search(query.line, query.scope, query.limit)
        return words.result(), meaning, codes.result(), best

    def _newest_lines(self, table: Any) -> lines.Lines:  # noqa: ANN401 - LanceDB has no types
        generation = self.generation()
        if self._lines is None or self._lines[0] != generation:
            self._lines = generation, lines.load(table, self._line_dimensions)
        return self._lines[1]


def _read(table: Any, ids: Sequence[str]) -> Mapping[str, Chunk]:  # noqa: ANN401 - LanceDB has no types
    if not ids:
        return {}
    search = table.search().where(f"key IN ({rows.quoted(set(ids))})").select(["key", *rows.STORED]).limit(len(ids))
    found = {row["key"]: rows.to_chunk(row) for row in search.to_arrow().to_pylist()}
    return {id_: found[id_] for id_ in ids if id_ in found}
