"""LanceDB and Elasticsearch rank the same chunks the same way, on more than a thousand questions of the open sets."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker
from bot.backends.hashing import HashingEmbedder
from bot.backends.lance import LanceIndex
from bot.diagnosis import codes
from bot.knowledge import indexing, sync
from bot.settings import Ingesting
from bot.text import tokens
from bot.types import Query
from tests.benchmarks import sets
from tests.fakes.elastic import at
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.ports import Index
    from bot.types import Hit, Hits, IndexedChunk

EMBEDDER = HashingEmbedder(512)
LINE_EMBEDDER = HashingEmbedder(1024)
TOP = 10


class Engines:
    """Both engines with the same chunks."""

    def __init__(self, folder: Path, server: str, name: str, chunks: Sequence[IndexedChunk]) -> None:
        maker = Maker(EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)
        self.elastic: Index = ElasticIndex(at(server, name), maker)
        self.lance: Index = LanceIndex(folder, maker.embedder, maker.dimensions, maker.line_dimensions)
        for index in (self.lance, self.elastic):
            index.add(chunks)

    def ask(self, query: Query) -> tuple[Hits, Hits]:
        return self.lance.search(query), self.elastic.search(query)

    def close(self) -> None:
        self.lance.close()
        self.elastic.close()


@pytest.fixture
def fill(tmp_path: Path, elasticsearch_url: str, elasticsearch_name: str) -> Iterator[Callable[[Path], Engines]]:
    opened: list[Engines] = []

    def filled(folder: Path) -> Engines:
        memory = MemoryIndex()
        prepare = functools.partial(indexing.prepare, embedder=EMBEDDER, line_embedder=LINE_EMBEDDER)
        sync.sync([folder], "default", memory, prepare, Ingesting())
        chunks = [item for held in memory._documents.values() for item in held]
        opened.append(Engines(tmp_path / "index", elasticsearch_url, elasticsearch_name, chunks))
        return opened[-1]

    yield filled
    for engines in opened:
        engines.close()


def named(hits: Sequence[Hit]) -> list[tuple[str, float]]:
    """Return chunk ids without what each engine adds to them, with scores."""
    return [(re.split("\x1f", hit.id)[0], hit.score) for hit in hits]


def overlap(first: Sequence[Hit], second: Sequence[Hit]) -> float:
    tops = [{name for name, _ in named(hits)[:TOP]} for hits in (first, second)]
    return len(tops[0] & tops[1]) / max(map(len, tops)) if any(tops) else 1.0


def asked(text: str) -> Query:
    return Query(
        tokens=tuple(tokens(text)),
        vector=EMBEDDER.queries([text])[0],
        codes=codes.extract(text),
        line=LINE_EMBEDDER.queries([text])[0],
    )


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_chinese_questions_rank_alike(
    open_data: Callable[[str], Path], fill: Callable[[Path], Engines], tmp_path: Path, record_property: Callable
) -> None:
    texts, cases = sets.read_cmrc(open_data("cmrc2018-retrieval"))
    engines = fill(sets.write_texts(texts, tmp_path / "kb"))

    found = [engines.ask(asked(case.question)) for case in cases[::3]]

    record_property("words_overlap", mean([overlap(one.words, other.words) for one, other in found]))
    record_property("meaning_overlap", mean([overlap(one.meaning, other.meaning) for one, other in found]))
    assert len(found) >= 1_000
    assert mean([overlap(one.words, other.words) for one, other in found]) >= 0.98
    assert mean([named(one.words)[0][0] == named(other.words)[0][0] for one, other in found]) >= 0.99
    assert mean([overlap(one.meaning, other.meaning) for one, other in found]) >= 0.95
    assert all(dict(one.frequencies) == dict(other.frequencies) and one.total == other.total for one, other in found)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_error_lines_rank_alike(
    open_data: Callable[[str], Path], fill: Callable[[Path], Engines], tmp_path: Path, record_property: Callable
) -> None:
    data = open_data("mariadb-error-codes")
    lines = sets.read_error_lines(data)
    engines = fill(sets.copy_error_pages(data, tmp_path / "kb"))

    found = [engines.ask(asked(case.question)) for case in (*lines.full, *lines.message, *lines.code, *lines.absent)]

    record_property("words_overlap", mean([overlap(one.words, other.words) for one, other in found]))
    record_property("meaning_overlap", mean([overlap(one.meaning, other.meaning) for one, other in found]))
    record_property("lines_overlap", mean([overlap(one.lines, other.lines) for one, other in found]))
    assert len(found) >= 600
    assert [named(one.codes) for one, _ in found] == [named(other.codes) for _, other in found]
    assert [one.known_codes for one, _ in found] == [other.known_codes for _, other in found]
    assert mean([overlap(one.words, other.words) for one, other in found]) >= 0.98
    assert mean([overlap(one.lines, other.lines) for one, other in found]) >= 0.97
