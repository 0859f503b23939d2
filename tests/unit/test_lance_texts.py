"""Texts are read from their copies beside the table, and from the table wherever a copy is missing or another's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import lancedb
import pytest

from bot.backends.lance import LanceIndex, rows
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def opened(folder: Path) -> closing[LanceIndex]:
    return closing(LanceIndex(folder, EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions))


def texts(folder: Path, word: str = "shared") -> list[str]:
    with opened(folder) as index:
        hits = index.search(query(word))
        return sorted(one.text for one in hits.read([hit.id for hit in hits.words]).values())


def told(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "counts.db")) as file, file:
        file.execute(statement)


def copies(folder: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(folder / "counts.db")) as file:
        return sorted(file.execute("SELECT edition, stored FROM texts").fetchall())


def held(folder: Path) -> list[tuple[int, str]]:
    return sorted(rows.copies(lancedb.connect(folder).open_table("chunks").to_arrow()))


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


def test_the_copies_are_what_the_table_holds_after_every_change(filled: Path) -> None:
    assert copies(filled) == held(filled)

    added(filled, ("a", "shared anew"), ("d", "shared d"))
    assert copies(filled) == held(filled)

    removed(filled, ["b"])
    assert copies(filled) == held(filled)
    assert texts(filled) == ["shared anew", "shared c", "shared c", "shared d"]


def test_texts_are_read_from_the_copies(filled: Path) -> None:
    told(filled, "UPDATE texts SET stored = replace(stored, 'shared', 'copied')")

    assert texts(filled) == sorted(f"copied {name}" for name in "aabbcc")


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
    told(filled, "UPDATE state SET unsettled = 1")

    added(filled, ("d", "shared d"))

    assert copies(filled) == held(filled)


def test_an_index_made_before_there_were_copies_is_searched_and_grows(filled: Path) -> None:
    lancedb.connect(filled).open_table("chunks").drop_columns([rows.EDITION])
    told(filled, "DROP TABLE texts")
    told(filled, "PRAGMA user_version = 1")

    assert texts(filled) == sorted(f"shared {name}" for name in "aabbcc")
    added(filled, ("a", "shared anew"))
    removed(filled, "b")
    assert texts(filled) == ["shared anew", "shared c", "shared c"]
    assert copies(filled) == []
