"""Writing to an Elasticsearch that is full, busy, refuses chunks, or goes away: nothing is lost and all is said."""

from __future__ import annotations

import functools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker, bulk
from bot.errors import QuorumError, StorageFullError
from tests.fakes.elastic import at
from tests.fakes.gate import Gate, Reply, Request, refused
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query
from tests.fakes.polling import until

if TYPE_CHECKING:
    from bot.ports import Index

MAKER = Maker(EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)


def texts(index: Index) -> list[str]:
    hits = index.search(query("words"))
    return [found.text for found in hits.read([hit.id for hit in hits.words]).values()]


@pytest.mark.parametrize(
    ("block", "said"), [("read_only_allow_delete", "disk is almost full"), ("write", "Lift the block")]
)
def test_a_read_only_index_is_said_and_keeps_what_it_has(
    elasticsearch_url: str, elasticsearch_name: str, block: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elasticsearch import Elasticsearch

    monkeypatch.setattr(bulk, "BACKOFF_S", 0.01)
    with (
        Elasticsearch(elasticsearch_url) as client,
        closing(ElasticIndex(at(elasticsearch_url, elasticsearch_name), MAKER)) as index,
    ):
        index.add(indexed(chunk("a.md", "old words")))
        client.indices.put_settings(index=f"{elasticsearch_name}-*", settings={f"index.blocks.{block}": True})
        with pytest.raises(StorageFullError, match=said):
            index.add(indexed(chunk("a.md", "new words")))
        warned, kept = index.warnings(), texts(index)
        client.indices.put_settings(index=f"{elasticsearch_name}-*", settings={f"index.blocks.{block}": None})
        index.add(indexed(chunk("a.md", "new words")))

        assert any("read-only" in warning for warning in warned)
        assert (kept, texts(index)) == (["old words"], ["new words"])


def test_a_server_that_is_busy_gets_the_chunks_again(
    elasticsearch_url: str, elasticsearch_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = iter(range(8))

    def script(request: Request) -> Reply | None:
        if f"/{elasticsearch_name}-" in request.path and "_bulk" in request.path and next(busy, None) is not None:
            return refused(429, "es_rejected_execution_exception", "rejected execution of coordinating operation")
        return None

    monkeypatch.setattr(bulk, "BACKOFF_S", 0.01)
    with (
        Gate(elasticsearch_url, script) as gate,
        closing(ElasticIndex(at(gate.url, elasticsearch_name), MAKER)) as index,
    ):
        index.add(indexed(chunk("a.md", "words")))

        assert len(index.search(query("words")).words) == 1
        assert next(busy, None) is None


def test_every_rejected_chunk_is_reported_and_no_document_changes(
    elasticsearch_url: str, elasticsearch_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(ElasticIndex(at(elasticsearch_url, elasticsearch_name), MAKER)) as index:
        index.add(indexed(chunk("a.md", "old words")))
        bad = [chunk("a.md", f"new words {'ü' * 40_000}"), chunk("b.md", "new words too")]
        items = indexed(*bad)
        wrong = [type(item)(item.chunk, item.tokens, item.vector[:7], item.line_vectors) for item in items[:1]]
        with pytest.raises(QuorumError, match=r"rejected 1 of 2 chunks.*'a.md#0'"):
            index.add([*wrong, items[1]])

        assert texts(index) == ["old words"]
        assert [record.document for record in index.documents()] == ["a.md"]
        assert "'a.md#0'" in caplog.text


def test_what_was_written_in_many_parts_is_joined_after_closing(
    elasticsearch_url: str, elasticsearch_name: str
) -> None:
    from elasticsearch import Elasticsearch

    with closing(ElasticIndex(at(elasticsearch_url, elasticsearch_name), MAKER)) as index:
        for number in range(12):
            index.add(indexed(chunk(f"{number}.md", "words")))

    with Elasticsearch(elasticsearch_url) as client:
        parts = functools.partial(client.cat.segments, index=elasticsearch_name, h="segment")
        until(lambda: len(parts().body.split()) <= 4, "the parts are joined")


def test_closing_while_the_server_is_in_trouble_is_no_error(
    elasticsearch_url: str, elasticsearch_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    def down(request: Request) -> Reply | None:
        return Reply(lost=True) if "_stats" in request.path else None

    with Gate(elasticsearch_url, down) as gate, closing(ElasticIndex(at(gate.url, elasticsearch_name), MAKER)) as index:
        index.add(indexed(chunk("a.md", "words")))

    assert "searching goes on" in caplog.text
