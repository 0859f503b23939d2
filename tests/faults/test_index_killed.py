"""An index whose writer is killed, or whose files are damaged, keeps its word or says what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.backends.lance import LanceIndex
from bot.backends.lance.failures import mapped
from bot.errors import IndexDamagedError, IndexUnavailableError, StorageFullError
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed
from bot.backends.lance import LanceIndex
index = LanceIndex(Path(sys.argv[1]), EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)
for version in range(1, 10_000):
    print(version, flush=True)
    index.add(indexed(*(chunk("a.md", f"shared version{version}", number=n) for n in range(version % 7 + 1))))
"""


def opened(folder: Path) -> LanceIndex:
    return LanceIndex(folder, EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)


@pytest.mark.parametrize("rounds", [1, 2, 3, 5, 8, 13, 21])
def test_a_killed_writer_leaves_one_whole_version(tmp_path: Path, rounds: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(rounds):
            writer.stdout.readline()
        writer.kill()

    index = opened(tmp_path)
    hits = index.search(query("shared"))
    found = [one.text for one in hits.read([hit.id for hit in hits.words]).values()]
    index.add(indexed(chunk("b.md", "shared later")))
    after = index.search(query("shared"))
    index.close()

    assert len(set(found)) <= 1
    assert not found or len(found) == int(found[0].removeprefix("shared version")) % 7 + 1
    assert after.total == after.frequencies["shared"] == len(found) + 1


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    for number in range(5):
        first.add(indexed(chunk(f"first-{number}.md", "shared")))
        second.add(indexed(chunk(f"second-{number}.md", "shared")))

    hits = first.search(query("shared"))
    first.close()
    second.close()

    assert len(hits.words) == hits.total == hits.frequencies["shared"] == 10


@pytest.mark.parametrize("pattern", ["chunks.lance/_versions/*", "chunks.lance/data/*", "counts.db"])
def test_a_damaged_index_says_what_to_do(tmp_path: Path, pattern: str) -> None:
    index = opened(tmp_path)
    index.add(indexed(chunk("a.md", "words to be lost")))
    index.close()
    for file in tmp_path.glob(pattern):
        file.write_bytes(b"not what it was" * 10)

    with pytest.raises(IndexDamagedError, match="ingest again"):
        reading(tmp_path)


def reading(folder: Path) -> None:
    index = opened(folder)
    try:
        hits = index.search(query("words"))
        hits.read([hit.id for hit in hits.words])
        index.documents()
    finally:
        index.close()


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageFullError),
        (RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)"), StorageFullError),
        (OSError(errno.EMFILE, "Too many open files"), IndexUnavailableError),
        (RuntimeError("Encountered corrupt file"), IndexDamagedError),
        (PermissionError(errno.EACCES, "Permission denied"), IndexUnavailableError),
        (sqlite3.OperationalError("attempt to write a readonly database"), IndexUnavailableError),
    ],
)
def test_errors_below_the_index_say_what_to_do(tmp_path: Path, raised: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected, match=tmp_path.name), mapped(tmp_path):
        raise raised


def test_errors_of_rights_say_so_and_name_no_file_of_the_library_s_own(tmp_path: Path) -> None:
    barred = OSError("LanceError(IO), /build/lance/src/utils.rs:224:20 Permission denied (os error 13), rust/io.rs:1")
    with pytest.raises(IndexUnavailableError) as told, mapped(tmp_path):
        raise barred

    assert "to the user who runs Quorum" in str(told.value)
    assert ".rs" not in str(told.value)


def test_a_table_whose_making_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    for folder in ("_versions", "_transactions"):
        (tmp_path / "chunks.lance" / folder).mkdir(parents=True)
    (tmp_path / "chunks.lance" / "_versions" / "1.manifest#1").touch()
    index = opened(tmp_path)
    before = index.search(query("words"))
    index.add(indexed(chunk("a.md", "words")))
    found = index.search(query("words"))
    index.close()

    assert (before.total, len(found.words)) == (0, 1)


def test_a_table_that_was_removed_leaves_no_counts_behind(tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.add(indexed(chunk("a.md", "words"), chunk("b.md", "words")))
    index.close()
    shutil.rmtree(tmp_path / "chunks.lance")
    again = opened(tmp_path)
    again.add(indexed(chunk("a.md", "words")))
    hits = again.search(query("words"))
    documents = [record.document for record in again.documents()]
    again.close()

    assert (documents, dict(hits.frequencies), len(hits.words)) == (["a.md"], {"words": 1}, 1)
