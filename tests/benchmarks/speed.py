"""Times search at 100,000 chunks beside the floor, asked in turn in one process, and weighs the serving process."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bot.evaluation import scores
from bot.retrieval import fusion
from tests.benchmarks import corpus
from tests.benchmarks.floor import Floor
from tests.benchmarks.rows import Bench, Row, at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.ports import Index

CHUNKS = 100_000
FRESH = 1_000
WEIGHT = 0.2
_BATCH = 5_000
_ROUNDS = 400


def search(bench: Bench) -> list[Row]:
    """Compare the embedded index with the floor, before and after 1,000 rows that are not optimised yet."""
    from bot.backends.lance import LanceIndex

    count = CHUNKS // 10 if bench.quick else CHUNKS
    made = corpus.make(count + FRESH)
    path = bench.work / "home" / "index"
    bench.say(f"loading {count:,} chunks")
    loading = time.perf_counter()
    index = LanceIndex(path, f"hashing://{corpus.DIMENSIONS}", corpus.DIMENSIONS, corpus.DIMENSIONS)
    load(index, made, range(count))
    index.close()
    loading = time.perf_counter() - loading
    bench.say("building the floor")
    floor = Floor([made.text(row).split() for row in range(count)], made.vectors[:count])
    index = LanceIndex(path, f"hashing://{corpus.DIMENSIONS}", corpus.DIMENSIONS, corpus.DIMENSIONS)
    try:
        rows = _beside(bench, index, floor, made)
    finally:
        index.close()
    rows.append(Row(f"Loading {count:,} chunks with vectors made beforehand, chunks/s", "–", f"{count / loading:,.0f}"))
    return [*rows, _memory(bench, count)]


def load(index: Index, made: corpus.Corpus, rows: Sequence[int]) -> None:
    """Add rows of the corpus in batches that hold whole documents."""
    for start in range(0, len(rows), _BATCH):
        index.add([made.chunk(row) for row in rows[start : start + _BATCH]])


def ask(index: Index, asked: corpus.Asked) -> int:
    """Search all legs with the filter, fuse, put exact codes first, and read the winners; return how many there are."""
    hits = index.search(asked.query())
    fused = fusion.combine(hits.words, hits.meaning, WEIGHT)
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[:10]
    chunks = hits.read([*best, *(hit.id for hit in hits.codes)])
    return len(fusion.ranked(fused, fusion.coded(hits, asked.codes, chunks), {})[:10])


def _beside(bench: Bench, index: Index, floor: Floor, made: corpus.Corpus) -> list[Row]:
    asked = list(corpus.questions(made, _ROUNDS))
    bench.say("asking both in turn")
    ours, theirs = _in_turn(asked, lambda one: ask(index, one), lambda one: floor.search(one.tokens, one.vector))
    count = len(made.words) - FRESH
    load(index, made, range(count, count + FRESH))
    fresh, again = _in_turn(asked, lambda one: ask(index, one), lambda one: floor.search(one.tokens, one.vector))
    label = f"Search, {count:,} chunks, all legs, filter, fusion, without embedding"
    slower = (_p(fresh, 50) / _p(again, 50)) / (_p(ours, 50) / _p(theirs, 50))
    return [
        _ratio(f"{label}, p50", 8, _p(ours, 50), _p(theirs, 50)),
        _ratio(f"{label}, p95", 9, _p(ours, 95), _p(theirs, 95)),
        at_most(
            f"{FRESH:,} rows not yet optimised, p50",
            2,
            slower,
            "times",
            f"{_p(fresh, 50):.1f} ms beside {_p(ours, 50):.1f} ms, corrected by the floor's own change",
        ),
    ]


def _in_turn(
    asked: Iterable[corpus.Asked], ours: Callable[[corpus.Asked], object], theirs: Callable[[corpus.Asked], object]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of both for every question, after twenty to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for one in asked:
        for search_one, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            search_one(one)
            kept.append(1000 * (time.perf_counter() - began))
    return times[0][20:], times[1][20:]


def _memory(bench: Bench, count: int) -> Row:
    """Measure the resident memory of a process of its own that has opened the bot and searched 200 times."""
    home = bench.work / "home"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.serve_once", str(home), str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    return at_most(f"Memory of a process that serves {count:,} chunks", 600, float(done.stdout), "MB")


def _ratio(what: str, bar: float, ours: float, theirs: float) -> Row:
    return at_most(what, bar, ours / theirs, "times the floor", f"{ours:.1f} ms; bm25s + faiss HNSW {theirs:.2f} ms")


def _p(times: Sequence[float], share: float) -> float:
    return scores.percentile(times, share) or 0.0
