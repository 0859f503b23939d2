"""Texts are read from their copies beside the table, and from the table wherever a copy is missing or another's."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.lance import LanceIndex, rows, snapshot
from bot.backends.lance import copies as copying
from bot.backends.lance.library import lancedb
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEXTS = "texts.db"


def opened(folder: Path) -> closing[LanceIndex]:
    return closing(LanceIndex(folder, EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions))


def texts(folder: Path, word: str = "shared") -> list[str]:
    with opened(folder) as index:
        hits = index.search(query(word))
        return sorted(one.text for one in hits.read([hit.id for hit in hits.words]).values())


def told(folder: Path, statement: str, name: str = TEXTS) -> None:
    with closing(sqlite3.connect(folder / name)) as file, file:
        file.execute(statement)


def raw(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob(f"{TEXTS}*"))


def copies(folder: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(folder / TEXTS)) as file:
        return sorted(file.execute("SELECT edition, stored FROM texts").fetchall())


def held(folder: Path) -> list[tuple[int, str]]:
    return sorted(rows.copies(lancedb().connect(folder).open_table("chunks").to_arrow()))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with opened(tmp_path) as index:
        index.add(indexed(*(chunk(f"{name}.md", f"shared {name}", number=n) for name in "abc" for n in range(2))))
    return tmp_path


def added(folder: Path, *named: tuple[str, str]) -> None:
    with opened(folder) as index:
        index.add(indexed(*(chunk(f"{name}.md", text) for name, text in named)))


def removed(folder: Path, names: Sequence[str]) -> None:
    with opened(folder) as index:
        index.remove("default", [f"{name}.md" for name in names])


def generation(folder: Path) -> int:
    with opened(folder) as index:
        return index.generation()


def test_the_copies_are_what_the_table_holds_after_every_change(filled: Path) -> None:
    assert copies(filled) == held(filled)

    added(filled, ("a", "shared anew"), ("d", "shared d"))
    assert copies(filled) == held(filled)

    removed(filled, ["b"])
    assert copies(filled) == held(filled)
    assert texts(filled) == ["shared anew", "shared c", "shared c", "shared d"]


def test_texts_are_read_from_the_copies(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_rows", None)  # which reads rows from the table

    assert texts(filled) == sorted(f"shared {name}" for name in "aabbcc")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE texts SET stored = replace(stored, 'shared', 'copied')",
        "UPDATE texts SET stored = substr(stored, 2)",
        "UPDATE texts SET stored = CAST(stored AS BLOB)",
    ],
)
def test_a_copy_that_was_changed_is_not_shown(filled: Path, damage: str) -> None:
    told(filled, damage)

    assert texts(filled) == sorted(f"shared {name}" for name in "aabbcc")


def test_what_was_removed_is_gone_from_the_copies_although_somebody_reads_them(filled: Path) -> None:
    with opened(filled) as reader:
        hits = reader.search(query("shared"))
        reader._opening.copies.read([1])
        removed(filled, "b")

        assert b"shared c" in raw(filled)
        assert b"shared b" not in raw(filled)
        assert len(hits.read([hit.id for hit in hits.words])) == 6


def test_what_cannot_be_removed_from_the_copies_takes_them_all_along(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_BUSY_MS", 50)
    with closing(sqlite3.connect(filled / TEXTS, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        removed(filled, "b")

    assert not (filled / TEXTS).exists()
    assert texts(filled) == sorted(f"shared {name}" for name in "aacc")


def test_copies_that_are_locked_are_not_waited_for(filled: Path) -> None:
    with opened(filled) as index:
        index.add(indexed(chunk("d.md", "shared d")))
        index._writer.settled()
        (after_writing_ms,) = index._opening.copies._opened(1).execute("PRAGMA busy_timeout").fetchone()
    with opened(filled) as index:
        index._opening.copies.read([1])
        (patience_ms,) = index._opening.copies._opened(1_000).execute("PRAGMA busy_timeout").fetchone()
    with closing(sqlite3.connect(filled / TEXTS, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")

        assert texts(filled) == sorted(f"shared {name}" for name in "aabbccd")
    assert max(patience_ms, after_writing_ms) <= 100


def test_a_writer_waits_for_whoever_has_the_copies(filled: Path) -> None:
    with closing(sqlite3.connect(filled / TEXTS, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        removed(filled, "b")
        release.join()

    assert copies(filled) == held(filled)


def test_who_reads_copies_that_are_thrown_away_sees_the_new_ones(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(filled) as reader:
        reader.search(query("shared"))
        reader._opening.copies.read([1])
        (filled / TEXTS).unlink()
        added(filled, ("d", "shared d"))
        hits = reader.search(query("shared"))
        monkeypatch.setattr(snapshot, "_rows", None)  # which reads rows from the table
        found = hits.read([hit.id for hit in hits.words if "d.md" in hit.id])

    assert [one.text for one in found.values()] == ["shared d"]


def test_what_has_no_copy_is_read_from_the_table(filled: Path) -> None:
    before = texts(filled)
    told(filled, "DELETE FROM texts WHERE edition IN (SELECT edition FROM texts LIMIT 3)")
    assert texts(filled) == before

    told(filled, "DELETE FROM texts")
    assert texts(filled) == before


def test_a_search_that_was_asked_before_a_change_reads_what_it_found(filled: Path) -> None:
    with opened(filled) as index:
        hits = index.search(query("shared"))
        removed(filled, "ab")
        added(filled, ("c", "shared anew"))
        found = hits.read([hit.id for hit in hits.words])

    assert sorted(one.text for one in found.values()) == sorted(f"shared {name}" for name in "aabbcc")


def test_a_killed_writers_copies_are_made_again(filled: Path) -> None:
    told(filled, "DELETE FROM texts")
    told(filled, "INSERT INTO texts VALUES (1, 'of a change that never came')")
    told(filled, "UPDATE state SET unsettled = 1", "counts.db")

    added(filled, ("d", "shared d"))

    assert copies(filled) == held(filled)


def test_an_index_made_before_there_were_copies_is_searched_and_grows(filled: Path) -> None:
    lancedb().connect(filled).open_table("chunks").drop_columns([rows.EDITION])
    (filled / TEXTS).unlink()

    assert texts(filled) == sorted(f"shared {name}" for name in "aabbcc")
    added(filled, ("a", "shared anew"))
    removed(filled, "b")
    assert texts(filled) == ["shared anew", "shared c", "shared c"]
    assert copies(filled) == []


def test_a_damaged_file_of_copies_costs_nothing_but_time(filled: Path) -> None:
    before = texts(filled)
    (filled / TEXTS).write_bytes(b"not what it was" * 1_000)

    assert texts(filled) == before
    added(filled, ("d", "shared d"))
    assert texts(filled) == [*before, "shared d"]


def test_copies_that_find_no_room_are_left_to_the_table(filled: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(filled) as index:
        connection = index._opening.copies._opened(1_000)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        index.add(indexed(*(chunk("a.md", f"shared d{n} " + "filler " * 200, number=n) for n in range(60))))
        hits = index.search(query("shared", limit=100))

        assert len(hits.read([hit.id for hit in hits.words])) == 64
    assert "were removed" in caplog.text
    assert not (filled / TEXTS).exists()


def test_copies_that_were_lost_are_all_made_again_with_the_next_change(filled: Path) -> None:
    (filled / TEXTS).write_bytes(b"not what it was" * 1_000)
    with opened(filled) as index:
        index.add(indexed(chunk("d.md", "shared d")))
        index.add(indexed(chunk("e.md", "shared e")))
    assert not (filled / TEXTS).exists()

    added(filled, ("f", "shared f"))

    assert len(held(filled)) == 9
    assert copies(filled) == held(filled)


def test_reading_does_not_wait_for_a_writer_that_waits_for_somebody_else(filled: Path) -> None:
    with closing(sqlite3.connect(filled / TEXTS, isolation_level=None)) as other, opened(filled) as index:
        hits = index.search(query("shared"))
        ids = [hit.id for hit in hits.words]
        other.execute("BEGIN IMMEDIATE")
        index.add(indexed(chunk("d.md", "shared d")))
        found = hits.read(ids)
        is_waiting = not index._writer._last.done()
        other.execute("COMMIT")

    assert is_waiting
    assert len(found) == 6


def test_an_index_from_a_backup_never_takes_up_a_number_of_the_changes_that_it_lost(
    filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup = shutil.copytree(filled, tmp_path_factory.mktemp("backup"), dirs_exist_ok=True)
    lost = set()
    for name in "de":
        added(filled, (name, f"shared {name}"))
        lost.add(generation(filled))
    shutil.rmtree(filled)
    backup.rename(filled)

    added(filled, ("d", "shared anew"))
    later = {generation(filled)}
    added(filled, ("e", "shared anew"))

    assert lost.isdisjoint(later | {generation(filled)})


def test_what_was_found_is_read_after_the_index_was_closed(filled: Path) -> None:
    with opened(filled) as index:
        hits = index.search(query("shared"))
    found = hits.read([hit.id for hit in hits.words])

    assert len(found) == 6
    assert len(index.search(query("shared")).words) == 6
    index.close()
