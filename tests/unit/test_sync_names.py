"""Files whose names clash stay files of their own, and archives count what they hold once."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.knowledge.sync import Report, sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.types import Chunk

NO_LINES = np.zeros((0, 4), np.float32)


def _prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    return [IndexedChunk(chunk, (), np.zeros(4, np.float32), NO_LINES) for chunk in chunks]


def _sync(index: MemoryIndex, *paths: Path) -> Report:
    return sync(paths, "default", index, _prepare, Ingesting())


def test_three_folders_of_one_name_keep_their_files_apart(tmp_path: Path) -> None:
    roots = [tmp_path / name / "kb" for name in ("one", "two", "three")]
    for root in roots:
        root.mkdir(parents=True)
        (root / "README.md").write_text(f"# Of {root.parent.name}\n")
    index = MemoryIndex()
    _sync(index, *roots)
    again = _sync(index, *roots)

    names = [record.path for record in again.files]
    assert names == ["README.md", "kb/README.md", "three/kb/README.md"]
    assert {record.status for record in again.files} == {"unchanged"}
    assert sorted(record.document for record in index.documents("default")) == sorted(names)


def test_names_that_are_not_utf8_stay_apart(tmp_path: Path) -> None:
    for raw in (b"\xff.txt", b"\xfe.txt"):
        try:
            (tmp_path / os.fsdecode(raw)).write_text(f"text {raw!r}")
        except OSError:
            pytest.skip("this file system takes names in UTF-8 only")
    index = MemoryIndex()
    report = _sync(index, tmp_path)

    assert [record.path for record in report.files] == ["\\xfe.txt", "\\xff.txt"]
    assert len(index.documents("default")) == 2


def test_what_an_inner_archive_holds_is_counted_once(tmp_path: Path) -> None:
    inner, outer = io.BytesIO(), tmp_path / "outer.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.md", "# A")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("b.md", "# B")
    report = _sync(MemoryIndex(), outer)

    assert {record.path: record.chunks for record in report.files} == {
        "outer.zip": 2,
        "outer.zip/inner.zip": 1,
        "outer.zip/inner.zip/a.md": 1,
        "outer.zip/b.md": 1,
    }


def test_rows_without_an_answer_are_named(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("question,answer\nHow?,So.\nWhy?,\n,Hence.\n")
    (record,) = _sync(MemoryIndex(), tmp_path).files

    assert record.warnings == ("2 rows without a question or an answer were left out: 3, 4",)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("https://wiki/vpn", "https://wiki/vpn"), ("javascript:alert(1)", None), ("java\tScript:alert(1)", None)],
)
def test_an_address_that_runs_a_program_is_not_kept(tmp_path: Path, given: str, kept: str | None) -> None:
    (tmp_path / "faq.csv").write_text(f"id,question,answer,url\nvpn,How?,So.,{given}\n")
    index = MemoryIndex()
    _sync(index, tmp_path)

    assert index._documents["default", "vpn"][0].chunk.url == kept
