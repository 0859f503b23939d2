"""An index with versions: another embedder fills its own beside the published one, which is searched meanwhile."""

from __future__ import annotations

import functools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker, layout
from bot.backends.hashing import HashingEmbedder
from bot.errors import EmbedderMismatchError, IndexDamagedError
from bot.knowledge import indexing, inheritance
from bot.ports import Index, Versioned
from bot.types import Query
from tests.fakes.elastic import at
from tests.fakes.index import MemoryIndex
from tests.fakes.made import LINE_EMBEDDER, chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.types import Chunk, IndexedChunk

FIRST, SECOND, THIRD = HashingEmbedder(64), HashingEmbedder(128), HashingEmbedder(256)
KEPT = (chunk("kept.md", "words of another folder"), chunk("kept.md", "more words of it", number=1))


def prepared(embedder: HashingEmbedder, *chunks: Chunk) -> list[IndexedChunk]:
    return indexing.prepare(chunks, embedder, LINE_EMBEDDER)


@pytest.fixture
def opening(elasticsearch_url: str, elasticsearch_name: str) -> Callable[..., closing[ElasticIndex]]:
    """Open one more handle, with some embedder, for searching or for building."""

    def opened(embedder: HashingEmbedder, *, building: bool = False) -> closing[ElasticIndex]:
        maker = Maker(embedder.name, embedder.dimensions, LINE_EMBEDDER.dimensions)
        return closing(ElasticIndex(at(elasticsearch_url, elasticsearch_name), maker, building=building))

    return opened


@pytest.fixture
def change(opening: Callable[..., closing[ElasticIndex]]) -> Callable[[HashingEmbedder], list[str]]:
    """Do what `quorum ingest` does with another embedder and no file that changed; return what was carried over."""

    def changed(embedder: HashingEmbedder) -> list[str]:
        carried: list[str] = []
        with opening(embedder, building=True) as index:
            prepare = functools.partial(indexing.prepare, embedder=embedder, line_embedder=LINE_EMBEDDER)
            inheritance.carry_over(index, prepare, lambda _: None, carried.append)
            inheritance.publish(index)
        return carried

    return changed


def fill(opening: Callable[..., closing[ElasticIndex]], embedder: HashingEmbedder, *chunks: Chunk) -> None:
    with opening(embedder) as index:
        index.add(prepared(embedder, *chunks))


def found(index: Index, word: str = "words") -> Sequence[Chunk]:
    hits = index.search(Query(tokens=(word,)))
    return sorted(hits.read([hit.id for hit in hits.words]).values(), key=lambda one: (one.id, one.collection))


def test_the_first_version_is_searched_from_its_first_document_on(
    opening: Callable[..., closing[ElasticIndex]],
) -> None:
    with opening(FIRST, building=True) as builder, opening(FIRST) as reader:
        builder.add(prepared(FIRST, *KEPT))

        assert len(found(reader)) == 2


def test_a_new_version_is_found_by_its_own_readers_once_it_is_published(
    opening: Callable[..., closing[ElasticIndex]],
) -> None:
    fill(opening, FIRST, *KEPT)
    with opening(SECOND, building=True) as builder, opening(FIRST) as reader:
        builder.add(prepared(SECOND, chunk("new.md", "new words")))
        with pytest.raises(EmbedderMismatchError, match=r"hashing://64.*hashing://128.*quorum ingest.*finish"):
            opening(SECOND)
        before = found(reader)
        builder.publish()

        assert tuple(before) == KEPT
        assert tuple(found(reader)) == KEPT
        with opening(SECOND) as other:
            assert [one.document for one in found(other)] == ["new.md"]


def test_a_change_of_embedder_loses_no_document(
    opening: Callable[..., closing[ElasticIndex]], change: Callable[[HashingEmbedder], list[str]]
) -> None:
    fill(opening, FIRST, *KEPT, chunk("kept.md", "words elsewhere", collection="other"))
    carried = change(SECOND)

    with opening(SECOND) as index:
        nearest = index.search(Query(vector=SECOND.queries(["another folder"])[0])).meaning[0]

        assert sorted(carried) == ["kept.md", "kept.md"]
        assert tuple(found(index)) == (KEPT[0], chunk("kept.md", "words elsewhere", collection="other"), KEPT[1])
        assert list(index.search(Query()).read([nearest.id]).values()) == [KEPT[0]]


def test_what_was_carried_over_before_a_crash_is_not_carried_over_again(
    opening: Callable[..., closing[ElasticIndex]],
) -> None:
    fill(opening, FIRST, *(chunk(f"{number:03d}.md", "words", number=part) for number in range(300) for part in (0, 1)))
    with opening(SECOND, building=True) as index:
        index.add(prepared(SECOND, *next(iter(index.inherited()))))

    with opening(SECOND, building=True) as index:
        left = [one.id for chunks in index.inherited() for one in chunks]

        assert index.missing() == len(left) // 2
        assert 0 < len(left) < 300
        assert "000.md#0" not in left


def test_documents_that_changed_since_are_carried_over_anew_and_removed_ones_forgotten(
    opening: Callable[..., closing[ElasticIndex]],
) -> None:
    fill(opening, FIRST, *KEPT, chunk("changed.md", "words"), chunk("removed.md", "words"))
    with opening(SECOND, building=True) as index:
        for chunks in index.inherited():
            index.add(prepared(SECOND, *chunks))
    fill(opening, FIRST, chunk("changed.md", "other words"))
    with opening(FIRST) as index:
        index.remove("default", ["removed.md"])

    with opening(SECOND, building=True) as index:
        inherited = [one.text for chunks in index.inherited() for one in chunks]

        assert inherited == ["other words"]
        assert [record.document for record in index.documents()] == ["changed.md", "kept.md"]


def test_an_embedder_that_was_used_before_searches_at_once_and_is_brought_up_to_date(
    opening: Callable[..., closing[ElasticIndex]], change: Callable[[HashingEmbedder], list[str]]
) -> None:
    fill(opening, FIRST, *KEPT)
    change(SECOND)
    fill(opening, SECOND, chunk("later.md", "later words"))
    with opening(FIRST) as index:
        outdated, warned = len(found(index)), index.warnings()
    carried = change(FIRST)

    with opening(FIRST) as index:
        assert (outdated, len(found(index)), carried) == (2, 3, ["later.md"])
        assert any("grows old" in warning for warning in warned)
        assert not index.warnings()


def test_versions_older_than_the_one_before_are_dropped(
    opening: Callable[..., closing[ElasticIndex]], change: Callable[[HashingEmbedder], list[str]]
) -> None:
    fill(opening, FIRST, *KEPT)
    change(SECOND)
    change(THIRD)

    with opening(THIRD) as index:
        assert [part.split(" ", 1)[1] for part in index.description().split("), ")] == [
            "(hashing://128, published before",
            "(hashing://256, published)",
        ]
    with opening(SECOND) as index:
        assert len(found(index)) == 2
    with pytest.raises(EmbedderMismatchError):
        opening(FIRST)


def test_an_unfinished_version_is_told_by_the_doctor(opening: Callable[..., closing[ElasticIndex]]) -> None:
    fill(opening, FIRST, *KEPT)
    with opening(SECOND, building=True) as index:
        index.add(prepared(SECOND, chunk("new.md", "new words")))

    with opening(FIRST) as index:
        (warning,) = index.warnings()

    assert "never finished" in warning
    assert "QUORUM_EMBEDDER=hashing://128" in warning


def test_publishing_is_a_change_and_publishing_again_is_none(opening: Callable[..., closing[ElasticIndex]]) -> None:
    fill(opening, FIRST, *KEPT)
    with opening(SECOND, building=True) as index:
        index.add(prepared(SECOND, *KEPT))
        generations = [index.generation()]
        for _ in range(2):
            index.publish()
            generations.append(index.generation())

    assert generations[0] < generations[1] == generations[2]


def test_a_new_layout_makes_a_new_version_too(
    opening: Callable[..., closing[ElasticIndex]],
    change: Callable[[HashingEmbedder], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(opening, FIRST, *KEPT)
    monkeypatch.setattr(layout, "LAYOUT", layout.LAYOUT + 1)
    with pytest.raises(IndexDamagedError, match="quorum ingest"):
        opening(FIRST)

    assert change(FIRST) == ["kept.md"]
    with opening(FIRST) as index:
        assert tuple(found(index)) == KEPT


def test_an_index_without_versions_has_nothing_to_inherit() -> None:
    index = MemoryIndex()
    inheritance.carry_over(index, lambda _: [], pytest.fail, pytest.fail)
    inheritance.publish(index)

    assert not isinstance(index, Versioned)
