"""Times ingestion: chunks a second, an added document until it is found, a removal, and `quorum ingest` itself."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.evaluation import scores
from bot.knowledge.indexing import prepare
from bot.types import Query
from tests.benchmarks import corpus
from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Row, at_least, at_most

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Index
    from bot.types import Chunk
    from bot.wiring import Parts

_BATCH = 2_000


def rate(bench: Bench) -> list[Row]:
    """Prepare and add 20,000 chunks with the hashing embedder, both indexes built, until the index is closed."""
    from bot import settings, wiring

    count = 4_000 if bench.quick else 20_000
    made = corpus.make(count)
    chunks = [made.chunk(row).chunk for row in range(count)]
    home = bench.work / "home"
    parts = wiring.build(settings.load(home=home))
    began = time.perf_counter()
    for start in range(0, count, _BATCH):
        parts.index.add(prepare(chunks[start : start + _BATCH], parts.embedder, parts.line_embedder))
    added = time.perf_counter() - began
    parts.close()
    closed = time.perf_counter() - began
    note = f"{count / added:,.0f} until the last `add` returned"
    again = wiring.build(settings.load(home=home))
    try:
        changes = [*_added(again, chunks[0]), *_deleted(again.index, chunks)]
    finally:
        again.close()
    what = f"Ingestion, hashing://, {count:,} chunks, chunks/s"
    return [at_least(what, 1500, count / closed, note, digits=0), *changes]


def sync(bench: Bench) -> list[Row]:
    """Time `quorum ingest` on 1,651 MariaDB files: first, unchanged, and with one file changed."""
    folder = bench.work / "files"
    shutil.copytree(bench.source("mariadb-error-codes"), folder, copy_function=shutil.copyfile)
    _writable(folder)
    quorum = Quorum(bench.work / "home")
    bench.say("first run")
    first = quorum.timed_ingest(folder)
    again = quorum.timed_ingest(folder)
    page = next(folder.rglob("e1205.md"))
    page.write_text(page.read_text(encoding="utf-8") + "\n\nA new last line.\n", encoding="utf-8")
    changed = quorum.timed_ingest(folder)
    files = sum(path.is_file() for path in folder.rglob("*"))
    return [
        at_most(f"`quorum ingest`, {files:,} files, first run", 30, first, "s"),
        at_most("`quorum ingest` again, nothing changed", 2, again, "s"),
        at_most("`quorum ingest` again, one file changed", 3, changed, "s"),
    ]


def _added(parts: Parts, chunk: Chunk) -> list[Row]:
    """Add documents with a word of their own, one at a time, and search each until it is found."""
    times = []
    for number in range(20):
        word = f"newword{number}"
        new = replace(chunk, id=f"new{number}#0", document=f"new{number}", text=f"{word} {chunk.text}")
        parts.index.add(prepare([new], parts.embedder, parts.line_embedder))
        began = time.perf_counter()
        while not parts.index.search(Query(tokens=(word,))).words:
            continue
        times.append(1000 * (time.perf_counter() - began))
    return [at_most("An added document is found after `add` returns, slowest of 20", 50, max(times), "ms")]


def _deleted(index: Index, chunks: list[Chunk]) -> list[Row]:
    """Remove ten documents of ten chunks each, ten times, each time with the word counts of the last one settled."""
    documents = sorted({chunk.document for chunk in chunks if chunk.collection == "c0"})
    times = []
    for start in range(0, min(100, len(documents)), 10):
        index.generation()
        began = time.perf_counter()
        index.remove("c0", documents[start : start + 10])
        times.append(1000 * (time.perf_counter() - began))
    slowest = f"slowest of 10: {max(times):.0f} ms"
    return [at_most("100 chunks deleted, median of 10", 30, scores.percentile(times, 50) or 0.0, "ms", slowest)]


def _writable(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
