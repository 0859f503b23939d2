"""What only the SQLite backends promise."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.errors import StoreUnavailableError
from bot.types import Address, Question
from tests.fakes import crowd

if TYPE_CHECKING:
    from pathlib import Path


def test_values_that_nobody_asks_for_any_more_leave_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(tmp_path / "state.db")
    store.put("old", b"1", ttl_s=0.0)
    monkeypatch.setattr("bot.backends.sqlite.store._DROPS_S", 0.0)
    store.put("new", b"2", ttl_s=3600.0)
    store.put("for good", b"3")

    keys = [key for (key,) in store._database.run("SELECT key FROM store ORDER BY key")]
    store.close()

    assert keys == ["for good", "new"]


def test_who_writes_in_one_process_waits_for_no_longer_than_the_others_need(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "state.db") for _ in range(4)]
    turns = {store._database._writing for store in stores}
    elsewhere = SqliteStore(tmp_path / "another.db")
    for store in (*stores, elsewhere):
        store.close()

    assert len(turns) == 1
    assert elsewhere._database._writing not in turns


def test_what_one_writes_the_others_read_at_once(tmp_path: Path) -> None:
    one, another = SqliteStore(tmp_path / "state.db"), SqliteStore(tmp_path / "state.db")
    for number in range(50):
        one.put("key", b"%d" % number)
        assert (one.get("key"), another.get("key")) == (b"%d" % number,) * 2
    one.close()
    another.close()


def test_a_lease_is_not_taken_by_one_who_waited_for_the_file_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not taken_after(5.0, tmp_path, monkeypatch)


def test_a_lease_is_taken_after_the_clock_was_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken_after(3600.0, tmp_path, monkeypatch)


def test_a_question_that_changed_before_the_clock_was_set_back_is_unfinished_and_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, now = SqliteLedger(tmp_path / "state.db"), time.time()
    ledger.open(Question("q", "Where?", Address("web", "room", "u"), "en", 0.0))
    ledger.advance("q", "open", due_in_s=30)
    due = ledger.unfinished(0)
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    set_back = ledger.unfinished(120)
    ledger.close()

    assert (due, [entry.question.id for entry in set_back]) == ([], ["q"])


def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    assert crowd.opened_at_once(tmp_path, SqliteStore) == [0] * crowd.PROCESSES


def test_a_new_file_that_another_writes_to_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("bot.backends.sqlite.database.time.sleep", lambda _: other.execute("ROLLBACK"))
        store = SqliteStore(tmp_path / "state.db")
        store.put("key", b"1")
        found = store.get("key")
        store.close()

    assert found == b"1"


def test_a_file_that_another_writes_to_for_too_long_is_said_to_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.backends.sqlite.database.BUSY_S", 0.05)
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailableError, match=r"another process writes to it\. Try again"):
            SqliteStore(tmp_path / "state.db")


def taken_after(back_s: float, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether a held lease of 15 seconds is given to one who read the clock so much earlier."""
    leases, now = SqliteLeases(folder / "state.db"), time.time()
    leases.acquire("a", 15.0)
    monkeypatch.setattr(time, "time", lambda: now - back_s)
    token = leases.acquire("a", 15.0)
    leases.close()
    return token is not None
