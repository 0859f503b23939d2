"""A writer to Elasticsearch that dies at any moment leaves one whole version of its documents, whoever refreshes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker, bulk, state
from bot.errors import IndexUnavailableError
from tests.fakes.elastic import at
from tests.fakes.gate import Gate, Reply, Request
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.types import Hits

MAKER = Maker(EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)
WRITER = """
import sys
from bot.backends.elastic import ElasticIndex, Maker
from tests.fakes.elastic import at
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed
maker = Maker(EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)
index = ElasticIndex(at(sys.argv[1], sys.argv[2]), maker)
for version in range(1, 10_000):
    print(version, flush=True)
    index.add(indexed(*(chunk("a.md", f"shared version{version}", number=n) for n in range(version % 7 + 1))))
"""


def opened(server: str, name: str) -> closing[ElasticIndex]:
    return closing(ElasticIndex(at(server, name), MAKER))


def refresh(server: str, name: str) -> None:
    """Show whatever was written, as another writer or a restart of Elasticsearch does."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(server) as client:
        client.indices.refresh(index=f"{name}-*")


def texts(hits: Hits) -> list[str]:
    return sorted(found.text for found in hits.read([hit.id for hit in hits.words]).values())


@pytest.mark.parametrize("rounds", [1, 2, 3, 5, 8, 13])
def test_a_killed_writer_leaves_one_whole_version(elasticsearch_url: str, elasticsearch_name: str, rounds: int) -> None:
    program = [sys.executable, "-c", WRITER, elasticsearch_url, elasticsearch_name]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(rounds):
            writer.stdout.readline()
        writer.kill()
    refresh(elasticsearch_url, elasticsearch_name)

    with opened(elasticsearch_url, elasticsearch_name) as index:
        found = texts(index.search(query("shared")))
        index.add(indexed(chunk("b.md", "shared later")))
        after = texts(index.search(query("shared")))

    assert len(set(found)) <= 1
    assert not found or len(found) == int(found[0].removeprefix("shared version")) % 7 + 1
    assert after == sorted([*found, "shared later"])


def bulk_of(word: str) -> Callable[[Request], bool]:
    """Match the bulk request that carries a word."""
    return lambda request: "_bulk" in request.path and word.encode() in request.body


MOMENTS: dict[str, Callable[[Request], bool]] = {
    "before the edition has a name": lambda request: "_doc/unfinished" in request.path and request.method == "PUT",
    "at the first chunks": bulk_of("early"),
    "at the last chunks": bulk_of("late"),
    "looking for the old chunks": lambda request: "/_search" in request.path,
    "at the swap": bulk_of("delete"),
    "at the refresh": lambda request: "_refresh" in request.path,
    "after it all": lambda request: "_doc/changes" in request.path,
}


@pytest.mark.parametrize("passed_on", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_writer_cut_off_at_any_request_leaves_one_whole_version(
    elasticsearch_url: str,
    elasticsearch_name: str,
    moment: str,
    passed_on: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "CHUNKS", 2)
    old = [chunk("a.md", f"shared old {number}", number=number) for number in range(3)]
    new = [chunk("a.md", f"shared {'early' if number < 3 else 'late'} {number}", number=number) for number in range(5)]
    armed: list[str] = []

    def script(request: Request) -> Reply | None:
        if not armed or not MOMENTS[moment](request):
            return None
        if armed[0] == "once" and passed_on:
            gate.pass_on(request)
        armed[0] = "dead"
        return Reply(lost=True)

    with Gate(elasticsearch_url, script) as gate, opened(gate.url, elasticsearch_name) as index:
        index.add(indexed(*old))
        armed.append("once")
        with pytest.raises(IndexUnavailableError):
            index.add(indexed(*new))
    refresh(elasticsearch_url, elasticsearch_name)

    with opened(elasticsearch_url, elasticsearch_name) as index:
        hits = index.search(query("shared"))
        whole = texts(hits)
        record = index.documents()[0]
        index.add(indexed(*new))
        after = index.search(query("shared"))

        assert whole in (sorted(one.text for one in old), sorted(one.text for one in new))
        assert record.chunks == len(whole)
        assert texts(after) == sorted(one.text for one in new)
        assert index.documents()[0].chunks == 5


def test_what_dead_writers_left_hidden_is_cleared_away_later(
    elasticsearch_url: str, elasticsearch_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(request: Request) -> Reply | None:
        return Reply(lost=True) if "/_search" in request.path else None

    with (
        Gate(elasticsearch_url, script) as gate,
        opened(gate.url, elasticsearch_name) as index,
        pytest.raises(IndexUnavailableError),
    ):
        index.add(indexed(chunk("a.md", "shared")))
    monkeypatch.setattr(state, "ABANDONED_S", -2)
    with opened(elasticsearch_url, elasticsearch_name) as index:
        index.add(indexed(chunk("b.md", "shared")))

        assert stored(elasticsearch_url, elasticsearch_name) == 1
        assert index.search(query("shared")).total == 1


def stored(server: str, name: str) -> int:
    """Count all chunks, hidden ones too."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(server) as client:
        return int(client.count(index=name)["count"])


def test_two_writers_lose_nothing(elasticsearch_url: str, elasticsearch_name: str) -> None:
    with (
        opened(elasticsearch_url, elasticsearch_name) as first,
        opened(elasticsearch_url, elasticsearch_name) as second,
    ):
        for number in range(5):
            first.add(indexed(chunk(f"first-{number}.md", "shared")))
            second.add(indexed(chunk(f"second-{number}.md", "shared")))

        hits = first.search(query("shared"))

        assert len(hits.words) == hits.total == hits.frequencies["shared"] == 10


def test_writers_at_the_same_time_lose_nothing(elasticsearch_url: str, elasticsearch_name: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(writer: int) -> None:
        with opened(elasticsearch_url, elasticsearch_name) as index:
            for number in range(8):
                index.add(indexed(chunk(f"{writer}-{number}.md", "shared")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with opened(elasticsearch_url, elasticsearch_name) as index:
        assert index.search(query("shared")).total == 32
        assert len(index.documents()) == 32
