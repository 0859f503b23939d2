"""What only the SQLite backends promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path


def test_values_that_nobody_asks_for_any_more_leave_the_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state.db")
    store.put("old", b"1", ttl_s=0.0)
    store.put("new", b"2", ttl_s=3600.0)
    store.put("for good", b"3")

    keys = [key for (key,) in store._database.run("SELECT key FROM store ORDER BY key")]
    store.close()

    assert keys == ["for good", "new"]
