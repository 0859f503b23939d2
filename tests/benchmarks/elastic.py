"""Elasticsearch: our search beside the client's bare `_msearch`, and an ingestion that is killed and taken up again."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psutil

from bot.evaluation import scores
from tests.benchmarks import corpus, speed
from tests.benchmarks.command import PROGRAM, Quorum
from tests.benchmarks.rows import Bench, Missing, Row, at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.backends.elastic import ElasticIndex

SEARCHED = 20_000
INGESTED = 50_000
_ROUNDS = 300
_WARM = 50
_SECTIONS = 20
_EVERY_S = 0.25


def search(bench: Bench) -> list[Row]:
    """Ask 20,000 chunks by words, meaning and codes within a scope, our way and with the bare client in turn."""
    from bot.backends.elastic import ElasticIndex, Maker, read

    count = SEARCHED // 5 if bench.quick else SEARCHED
    made = corpus.make(count)
    maker = Maker(f"hashing://{corpus.DIMENSIONS}", corpus.DIMENSIONS, corpus.DIMENSIONS)
    with address() as url, closing(ElasticIndex(read(url), maker)) as index:
        bench.say(f"loading {count:,} chunks")
        began = time.perf_counter()
        speed.load(index, made, range(count))
        loaded = time.perf_counter() - began
        bench.say("asking both in turn")
        ours, whole, bare = _in_turn(index, made)
    rate = f"{count / loaded:,.0f}"
    note = f"{_p50(ours):.1f} ms beside {_p50(bare):.1f} ms; with the ten winners read {_p50(whole):.1f} ms"
    what = f"Search on Elasticsearch, {count:,} chunks, beside a bare `_msearch` with the same bodies, p50"
    loading = f"Loading {count:,} chunks into Elasticsearch, vectors made before, chunks/s"
    return [at_most(what, 1.2, _p50(ours) / _p50(bare), "times", note), Row(loading, "–", rate)]


def ingestion(bench: Bench) -> list[Row]:
    """Ingest 50,000 chunks with the real command, kill it on the way, and let the next one finish."""
    count = INGESTED // 10 if bench.quick else INGESTED
    folder = _write(bench.work / "kb", count)
    with address() as url:
        quorum = Quorum(bench.work / "home", {"QUORUM_INDEX": url, "QUORUM_INGEST__CHUNK_CHARS": "600"})
        bench.say(f"ingesting {count:,} chunks, to be killed on the way")
        _Watched(quorum, folder, until=lambda: _held(quorum) >= count // 4).wait()
        kept = _held(quorum)
        bench.say(f"{kept:,} chunks are there; going on")
        second = _Watched(quorum, folder)
        report, seconds = second.wait()
        held = _held(quorum)
    unchanged = sum(record["chunks"] for record in report["files"] if record["status"] == "unchanged")
    resumed = f"killed with {kept:,} there, of which {unchanged:,} were not read again"
    early, late = second.growth()
    rate, grown = f"{(held - unchanged) / seconds:,.0f} chunks/s", f"{early:.0f} to {late:.0f} MB"
    what = f"Ingestion of {count:,} chunks into Elasticsearch"
    return [
        Row(f"{what}, killed and taken up again", f"{count:,}", f"{held:,}", resumed, held == count and unchanged > 0),
        at_most(f"{what}, memory of the command", 400, second.highest, "MB", rate),
        at_most(f"{what}, memory in its last third over its first", 1.15, late / early, "times", grown),
    ]


@contextmanager
def address() -> Iterator[str]:
    """Lend the address of an index of one's own on the running Elasticsearch. Raises `Missing`."""
    from scripts.services.elasticsearch import Elasticsearch, own_name
    from scripts.services.server import SERVICES

    shared = Elasticsearch(SERVICES / "elasticsearch")
    url = os.environ.get("ELASTICSEARCH_URL") or (shared.url if shared.answers() else "")
    if not url:
        what = "Elasticsearch (`make services`)"
        raise Missing(what)
    with own_name(url) as name:
        yield f"{url.replace('http', 'elasticsearch', 1)}/{name}"


class _Watched:
    """`quorum ingest` in a process whose memory is measured all the time; `until` says when to kill it, if at all."""

    def __init__(self, quorum: Quorum, folder: Path, until: Callable[[], bool] | None = None) -> None:
        quorum.home.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QUORUM_")}
        environment |= {"QUORUM_HOME": str(quorum.home), **quorum.settings}
        command = [str(PROGRAM), "ingest", str(folder), "--json"]
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        self._until = until
        self._sizes: list[float] = []
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    @property
    def highest(self) -> float:
        """The most memory that the process had, in MB."""
        return max(self._sizes)

    def growth(self) -> tuple[float, float]:
        """Return the median memory in the first and in the last third of the run, in MB, its start left out."""
        sizes = self._sizes[len(self._sizes) // 10 :]
        third = max(1, len(sizes) // 3)
        return statistics.median(sizes[:third]), statistics.median(sizes[-third:])

    def wait(self) -> tuple[dict[str, list[dict[str, Any]]], float]:
        """Return the report and the seconds; the report of a killed process is empty."""
        out, err = self._process.communicate()
        self._watcher.join()
        seconds = time.perf_counter() - self._began
        if self._until is None and self._process.returncode:
            raise RuntimeError(err.decode()[-2000:])
        return (json.loads(out) if self._until is None else {}), seconds

    def _watch(self) -> None:
        process = psutil.Process(self._process.pid)
        while self._process.poll() is None:
            if self._until is not None and self._until():
                self._process.kill()
            try:
                self._sizes.append(process.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:
                return
            threading.Event().wait(_EVERY_S)


def _in_turn(index: ElasticIndex, made: corpus.Corpus) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds of our search, of it with the winners read, and of the bare client, a question each."""
    from bot.backends.elastic import bodies
    from bot.backends.elastic.index import _KEPT

    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for number, asked in enumerate(corpus.questions(made, _ROUNDS + _WARM)):
        query = asked.query()
        searches = [part for body in bodies.searches(query, index._state.index).values() for part in ({}, body)]
        calls = (
            lambda query=query: index.search(query),
            lambda asked=asked: speed.ask(index, asked),
            lambda searches=searches: index._client.msearch(
                index=index._versions.own,
                searches=searches,
                filter_path=list(_KEPT),
                include_named_queries_score=True,
            ),
        )
        for place in range(3):
            # Whoever asks first pays for what the others find in the caches.
            turn = (place + number) % 3
            began = time.perf_counter()
            calls[turn]()
            times[turn].append(1000 * (time.perf_counter() - began))
    return times[0][_WARM:], times[1][_WARM:], times[2][_WARM:]


def _held(quorum: Quorum) -> int:
    from bot import settings, wiring

    opened = settings.load(home=quorum.home, index=quorum.settings["QUORUM_INDEX"])
    with closing(wiring.open_index(opened, wiring.open_embedder(opened), building=True)) as index:
        return sum(document.chunks for document in index.documents())


def _write(folder: Path, chunks: int) -> Path:
    """Write files of twenty sections, each of which becomes one chunk."""
    folder.mkdir(parents=True)
    made = corpus.make(chunks)
    for start in range(0, chunks, _SECTIONS):
        parts = (f"## {made.text(row)[:40]}\n\n{made.text(row)}\n\n" for row in range(start, start + _SECTIONS))
        (folder / f"{start:06d}.md").write_text(f"# File {start}\n\n{''.join(parts)}", encoding="utf-8")
    return folder


def _p50(times: list[float]) -> float:
    return scores.percentile(times, 50) or 0.0
