"""The embedded `Index`: one LanceDB table, searched by three legs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends.lance import files, legs, library, rows
from bot.backends.lance.failures import mapped
from bot.backends.lance.opening import Opening
from bot.backends.lance.writing import Writer
from bot.types import Hits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.backends.lance.legs import Found
    from bot.backends.lance.snapshot import Snapshot
    from bot.types import Chunk, DocumentRecord, IndexedChunk, Query

_NOTHING = Hits((), (), (), (), {}, 0, frozenset(), lambda _: {})


class LanceIndex:
    """Keeps chunks in a folder; see `bot.ports.Index`. Any number of processes may read while one writes.

    The ids in its hits name chunks within this index: the chunk's id and its collection.
    """

    def __init__(self, folder: Path, embedder: str, dimensions: int, line_dimensions: int) -> None:
        """Open the index, if there is one; the first `add` makes it.

        Raises `EmbedderMismatchError` or `IndexDamagedError`.
        """
        self._folder = folder
        self._embedder = embedder
        with mapped(folder):
            self._opening = Opening(folder, embedder, line_dimensions)
            self._writer = Writer(folder, embedder, dimensions, self._opening)

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name with these chunks."""
        if not chunks:
            library.lancedb()
            return
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
            total = current[0].size if current else 0
            if current is None or not total:
                return _NOTHING
            snapshot, counts = current
            frequencies = counts.frequencies(query.tokens)
            words, meaning, (codes, known), best = self._ranked(snapshot, query, frequencies)
        numbers = {one.hit.id: one.number for leg in (words, meaning, codes, best) for one in leg}

        def read(ids: Sequence[str]) -> Mapping[str, Chunk]:
            with mapped(self._folder):
                found = snapshot.chunks([numbers[id_] for id_ in ids if id_ in numbers])
            return {id_: found[numbers[id_]] for id_ in ids if numbers.get(id_) in found}

        return Hits(
            words=tuple(one.hit for one in words),
            meaning=tuple(one.hit for one in meaning),
            codes=tuple(one.hit for one in codes),
            lines=tuple(one.hit for one in best),
            frequencies=frequencies,
            total=total,
            known_codes=known,
            read=read,
        )

    def documents(self, collection: str | None = None) -> Sequence[DocumentRecord]:
        """List the documents of one collection, or of all, sorted by document."""
        with mapped(self._folder):
            self._writer.settled()
            counts = self._opening.counts()
            found = [] if counts is None else counts.documents(collection)
            if found is not None:
                return found
            listed = rows.documents(files.open_table(self._folder, self._embedder))
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
            self._opening.close()

    def _ranked(
        self, snapshot: Snapshot, query: Query, frequencies: Mapping[str, int]
    ) -> tuple[list[Found], list[Found], tuple[list[Found], frozenset[str]], list[Found]]:
        if frozenset() in (query.scope.collections, query.scope.documents):
            return [], [], ([], frozenset()), []
        tokens = legs.distinctive(query.tokens, frequencies)
        asked = snapshot.crossing.start(legs.ask(snapshot, query, tokens))
        best = snapshot.lines().search(query.line, query.scope, query.limit) if query.line is not None else []
        said = asked.result()
        words = legs.words(snapshot, said.words, query.limit)
        meaning = legs.meaning(snapshot, said.meaning, query.limit)
        return words, meaning, legs.codes(query.codes, said.codes, query.limit), best
