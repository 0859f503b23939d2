"""What there is to know survives the process that imported it, with the time of its last change."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteStore
from bot.knowledge.shelving import Collection, listing, note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = Collection("policies", 3, 100.0), Collection("policies", 4, 200.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "q.db")) as opened:
        yield opened


def test_nothing_is_known_before_the_first_import(store: SqliteStore) -> None:
    assert listing(store) == ()


def test_collections_are_listed_by_name(store: SqliteStore) -> None:
    note(store, OLD, changed=True)
    note(store, Collection("dba", 9, 150.0), changed=True)

    assert [each.name for each in listing(store)] == ["dba", "policies"]


@pytest.mark.parametrize(("changed", "expected"), [(True, NEW), (False, OLD)])
def test_only_a_change_moves_the_time(store: SqliteStore, *, changed: bool, expected: Collection) -> None:
    note(store, OLD, changed=True)
    note(store, NEW, changed=changed)

    assert listing(store) == (expected,)


def test_an_empty_collection_is_forgotten(store: SqliteStore) -> None:
    note(store, OLD, changed=True)
    note(store, Collection("policies", 0, 300.0), changed=True)

    assert listing(store) == ()


def test_what_another_version_wrote_is_passed_over(store: SqliteStore) -> None:
    store.put("knowledge", b'{"policies": 3}')

    assert listing(store) == ()
