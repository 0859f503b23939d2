"""Carries documents over from the published version of an index into the one that is being built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ports import Versioned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.ports import Index
    from bot.types import Chunk, IndexedChunk


def carry_over(
    index: Index,
    prepare: Callable[[Sequence[Chunk]], list[IndexedChunk]],
    on_total: Callable[[int], None],
    on_document: Callable[[str], None],
) -> None:
    """Bring into `index` what its published version holds otherwise, whole documents, embedded anew by `prepare`.

    A change of embedder so loses no folder that this run does not read. What a run that was killed had carried over
    is not carried over again. An index without versions has nothing to inherit. Raises what index and `prepare` raise.
    """
    if not isinstance(index, Versioned):
        return
    on_total(index.missing())
    for chunks in index.inherited():
        index.add(prepare(chunks))
        for _, document in dict.fromkeys((chunk.collection, chunk.document) for chunk in chunks):
            on_document(document)


def publish(index: Index) -> None:
    """Let every search find what was built; an index without versions shows everything already."""
    if isinstance(index, Versioned):
        index.publish()
