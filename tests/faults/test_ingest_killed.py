"""An ingest that is killed at any moment leaves what was searchable, and the next one finishes it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.knowledge.sync import sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Chunk

ROOT = Path(__file__).parents[2]
FILES = 60
PROGRAM = """
import sys
from pathlib import Path
from tests.faults.test_ingest_killed import ingest
print("started", flush=True)
ingest(Path(sys.argv[1]), Path(sys.argv[2]), lambda record: print(record.path, flush=True))
print("finished", flush=True)
"""


class StoredIndex(MemoryIndex):
    """Survives its process: every change replaces the file in one step."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            self._documents = pickle.loads(path.read_bytes())  # noqa: S301 - our own file

    def _changed(self) -> None:
        super()._changed()
        temporary = self._path.with_suffix(".new")
        temporary.write_bytes(pickle.dumps(self._documents))
        temporary.replace(self._path)


def prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    empty = np.zeros((0, 4), np.float32)
    return [IndexedChunk(chunk, tuple(chunk.text.split()), np.zeros(4, np.float32), empty) for chunk in chunks]


def ingest(folder: Path, store: Path, on_file: object = None) -> MemoryIndex:
    index = StoredIndex(store)
    sync([folder], "default", index, prepare, Ingesting(chunk_chars=200), on_file)  # type: ignore[arg-type] # a print
    return index


def _write(folder: Path, version: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(FILES):
        body = "".join(f"## Part {part}\n\n{version} of {number} {'word ' * 30}\n\n" for part in range(30))
        (folder / f"f{number:02d}.md").write_text(f"# File {number}\n\n{body}")
    rows = "".join(f"q{number},{version} question {number}?,{version} answer\n" for number in range(1_500))
    (folder / "faq.csv").write_text(f"id,question,answer\n{rows}")


def _killed_after(folder: Path, store: Path, lines: int) -> bool:
    """Start an ingest and kill it after so many lines of its output; tell whether it was still running."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(store)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    seen = [line for _, line in zip(range(lines), process.stdout, strict=False)]
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    return "finished\n" not in seen


def _versions(index: MemoryIndex) -> dict[str, set[str]]:
    return {
        document: {word for entry in held for word in ("old", "new") if word in entry.chunk.text.split()}
        for (_, document), held in index._documents.items()
    }


def test_a_killed_ingest_keeps_the_old_version_and_the_next_finishes(tmp_path: Path) -> None:
    folder, store = tmp_path / "kb", tmp_path / "index"
    _write(folder, "old")
    before = set(_versions(ingest(folder, store)))
    _write(folder, "new")
    interrupted = 0
    for lines in (1, 2, 3, 10, 30, 45, 60):
        interrupted += _killed_after(folder, store, lines)
        found = _versions(StoredIndex(store))

        assert set(found) == before
        assert all(len(versions) == 1 for versions in found.values())
    final = ingest(folder, store)

    assert interrupted > 0
    assert set(_versions(final)) == before
    assert set().union(*_versions(final).values()) == {"new"}
    assert not sync([folder], "default", final, prepare, Ingesting(chunk_chars=200)).changed


def test_a_killed_first_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    folder, store = tmp_path / "kb", tmp_path / "index"
    _write(folder, "new")
    for lines in (1, 2, 20, 40):
        _killed_after(folder, store, lines)
    resumed = ingest(folder, store)
    fresh = ingest(folder, tmp_path / "fresh")

    assert _content(resumed) == _content(fresh)


def _content(index: MemoryIndex) -> set[bytes]:
    return {pickle.dumps(entry.chunk) for held in index._documents.values() for entry in held}
