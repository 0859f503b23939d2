"""A sync touches what changed, removes what is gone, keeps what it cannot read, and reports every file."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.errors import FileRefusedError, InputError
from bot.knowledge.files import content
from bot.knowledge.sync import FileRecord, Report, sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Chunk

NO_LINES = np.zeros((0, 4), np.float32)


def _prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    return [IndexedChunk(chunk, tuple(chunk.text.split()), np.zeros(4, np.float32), NO_LINES) for chunk in chunks]


def _sync(index: MemoryIndex, *paths: Path, settings: Ingesting | None = None) -> Report:
    return sync(paths, "default", index, _prepare, settings or Ingesting())


def _states(report: Report) -> dict[str, str]:
    return {record.path: record.reason or record.status for record in report.files}


def _documents(index: MemoryIndex) -> list[str]:
    return [record.document for record in index.documents("default")]


def _texts(index: MemoryIndex) -> str:
    return "\n".join(entry.chunk.text for held in index._documents.values() for entry in held)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "kb"
    (base / "sub").mkdir(parents=True)
    (base / "a.md").write_text("# Alpha\n\nfirst version\n")
    (base / "sub" / "b.txt").write_text("beta text\n")
    return base


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex()


def test_every_file_is_indexed_under_its_path(folder: Path, index: MemoryIndex) -> None:
    report = _sync(index, folder)

    assert _states(report) == {"a.md": "indexed", "sub/b.txt": "indexed"}
    assert _documents(index) == ["a.md", "sub/b.txt"]
    assert report.changed


def test_a_chunk_knows_its_file_and_root(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder, settings=Ingesting(url_base="https://wiki/kb/"))

    chunk = index._documents["default", "sub/b.txt"][0].chunk
    assert (chunk.id, chunk.source, chunk.root) == ("sub/b.txt#1", "sub/b.txt", str(folder))
    assert chunk.url == "https://wiki/kb/sub/b.txt"


def test_a_second_run_changes_nothing(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    generation = index.generation()
    report = _sync(index, folder)

    assert set(_states(report).values()) == {"unchanged"}
    assert not report.changed
    assert index.generation() == generation


def test_only_the_changed_file_is_read_again(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "a.md").write_text("# Alpha\n\nsecond version\n")
    report = _sync(index, folder)

    assert _states(report) == {"a.md": "indexed", "sub/b.txt": "unchanged"}
    assert "second version" in _texts(index)
    assert "first version" not in _texts(index)


def test_another_chunk_size_reads_everything_again(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    report = _sync(index, folder, settings=Ingesting(chunk_chars=500))

    assert set(_states(report).values()) == {"indexed"}


def test_a_removed_source_is_forgotten(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "a.md").unlink()
    report = _sync(index, folder)

    assert _states(report) == {"a.md": "removed", "sub/b.txt": "unchanged"}
    assert _documents(index) == ["sub/b.txt"]


def test_one_file_removes_nothing_else(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "sub" / "b.txt").unlink()
    report = _sync(index, folder / "a.md")

    assert _states(report) == {"a.md": "unchanged"}
    assert _documents(index) == ["a.md", "sub/b.txt"]


def test_an_emptied_folder_removes_nothing_and_says_so(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "a.md").unlink()
    (folder / "sub" / "b.txt").unlink()

    with pytest.raises(InputError, match="holds no files"):
        _sync(index, folder)
    assert _documents(index) == ["a.md", "sub/b.txt"]


def test_a_missing_path_is_an_input_error_before_anything_changes(folder: Path, index: MemoryIndex) -> None:
    with pytest.raises(InputError, match="does not exist"):
        _sync(index, folder, folder / "nowhere")
    assert _documents(index) == []


def test_a_file_that_became_corrupt_keeps_its_old_version(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "a.md").write_bytes(b"PK\x03\x04 not an archive")
    report = _sync(index, folder)

    assert _states(report)["a.md"] == "corrupt"
    assert "stays searchable" in report.files[0].detail
    assert "first version" in _texts(index)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(folder: Path, index: MemoryIndex) -> None:
    (folder / "a.md").chmod(0)

    assert _states(_sync(index, folder))["a.md"] == "unreadable"


def test_a_large_file_is_refused_without_being_read(folder: Path, index: MemoryIndex) -> None:
    with (folder / "big.txt").open("wb") as stream:
        stream.truncate(2_000_000_000)

    assert _states(_sync(index, folder))["big.txt"] == "too-large"


def test_links_are_followed_but_not_in_circles(folder: Path, index: MemoryIndex) -> None:
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "self").symlink_to("self")
    (folder / "copy.md").symlink_to("a.md")

    assert _states(_sync(index, folder)) == {
        "a.md": "indexed",
        "copy.md": "indexed",
        "self": "unreadable",
        "sub/b.txt": "indexed",
        "sub/up": "unreadable",
    }


def test_a_file_whose_size_and_content_never_agree_is_changed() -> None:
    with pytest.raises(FileRefusedError) as refusal:
        content(Path("/proc/self/status"), 1_000_000)

    assert refusal.value.reason == "changed"


def test_a_pipe_is_not_opened(folder: Path, index: MemoryIndex) -> None:
    os.mkfifo(folder / "pipe")

    assert _states(_sync(index, folder))["pipe"] == "unknown-type"


def test_hidden_files_are_no_part(folder: Path, index: MemoryIndex) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (folder / "~$a.docx").write_text("lock")

    assert set(_states(_sync(index, folder))) == {"a.md", "sub/b.txt"}


def test_rows_are_documents_called_by_id_else_by_row(folder: Path, index: MemoryIndex) -> None:
    (folder / "faq.csv").write_text("id,question,answer\nvpn,How?,So.\n,Why?,Hence.\n")
    (record,) = (record for record in _sync(index, folder).files if record.path == "faq.csv")

    assert _documents(index) == ["a.md", "faq.csv#3", "sub/b.txt", "vpn"]
    assert record == FileRecord("faq.csv", "indexed", chunks=2)


def test_a_doubled_id_is_called_by_its_row_with_a_warning(folder: Path, index: MemoryIndex) -> None:
    (folder / "faq.csv").write_text("id,question,answer\n1,How?,So.\n1,Why?,Hence.\n")
    (folder / "other.csv").write_text("id,question,answer\n1,Who?,We.\n")
    report = _sync(index, folder)
    again = _sync(index, folder)

    assert _documents(index) == ["1", "a.md", "faq.csv#3", "other.csv#2", "sub/b.txt"]
    assert [bool(record.warnings) for record in report.files] == [False, True, True, False]
    assert not again.changed


def test_a_renamed_table_keeps_its_ids(folder: Path, index: MemoryIndex) -> None:
    (folder / "faq.csv").write_text("id,question,answer\nvpn,How?,So.\n")
    _sync(index, folder)
    (folder / "faq.csv").rename(folder / "questions.csv")
    report = _sync(index, folder)

    assert _states(report)["faq.csv"] == "removed"
    assert _documents(index) == ["a.md", "sub/b.txt", "vpn"]
    assert "So." in _texts(index)


def test_a_removed_row_is_forgotten(folder: Path, index: MemoryIndex) -> None:
    (folder / "faq.csv").write_text("id,question,answer\na,How?,So.\nb,Why?,Hence.\n")
    _sync(index, folder)
    (folder / "faq.csv").write_text("id,question,answer\na,How?,So.\n")
    _sync(index, folder)

    assert _documents(index) == ["a", "a.md", "sub/b.txt"]


def test_members_of_an_archive_are_files(folder: Path, index: MemoryIndex) -> None:
    with zipfile.ZipFile(folder / "pack.zip", "w") as archive:
        archive.writestr("in/c.md", "# C\n\ngamma")
        archive.writestr("d.png", b"\x89PNG\r\n")
    first = _states(_sync(index, folder / "pack.zip"))
    second = _states(_sync(index, folder))

    assert first == {"pack.zip": "indexed", "pack.zip/in/c.md": "indexed", "pack.zip/d.png": "scanned"}
    assert second["pack.zip"] == second["pack.zip/in/c.md"] == "unchanged"
    assert "pack.zip/in/c.md" in _documents(index)


def test_a_member_that_is_gone_is_removed_and_a_broken_archive_keeps_all(folder: Path, index: MemoryIndex) -> None:
    pack = folder / "pack.zip"
    for names in (("c.md", "d.md"), ("c.md",)):
        with zipfile.ZipFile(pack, "w") as archive:
            for name in names:
                archive.writestr(name, f"# {name}\n\ntext")
        report = _sync(index, folder)
    pack.write_bytes(b"PK\x03\x04 cut")
    broken = _sync(index, folder)

    assert _states(report)["pack.zip/d.md"] == "removed"
    assert _states(broken)["pack.zip"] == "corrupt"
    assert "pack.zip/c.md" in _documents(index)


def test_two_roots_with_one_name_do_not_replace_each_other(tmp_path: Path, index: MemoryIndex) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(f"# Of {name}\n")
    _sync(index, tmp_path / "one", tmp_path / "two")
    again = _sync(index, tmp_path / "two")

    assert _documents(index) == ["README.md", "two/README.md"]
    assert _states(again) == {"two/README.md": "unchanged"}


def test_a_file_alone_belongs_to_the_folder_it_came_with(folder: Path, index: MemoryIndex) -> None:
    _sync(index, folder)
    (folder / "sub" / "b.txt").write_text("new beta\n")
    report = _sync(index, folder / "sub" / "b.txt")

    assert _states(report) == {"sub/b.txt": "indexed"}
    assert _documents(index) == ["a.md", "sub/b.txt"]


def test_half_a_table_is_not_taken_for_the_whole(folder: Path, index: MemoryIndex) -> None:
    (folder / "faq.csv").write_text("id,question,answer\n" + "".join(f"r{n},Q{n}?,A{n}.\n" for n in range(9)))
    _sync(index, folder)
    index.remove("default", ["r4"])
    report = _sync(index, folder)

    assert _states(report)["faq.csv"] == "indexed"
    assert "r4" in _documents(index)


def test_watchers_learn_the_total_and_each_file(folder: Path, index: MemoryIndex) -> None:
    totals: list[int] = []
    seen: list[FileRecord] = []
    report = sync([folder], "default", index, _prepare, Ingesting(), seen.append, totals.append)

    assert totals == [2]
    assert tuple(seen) == report.files
