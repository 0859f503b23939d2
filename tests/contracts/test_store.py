"""Every Store keeps small values by key, for a time, and adds atomically."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.redis import RedisStore
from bot.backends.sqlite import SqliteStore
from bot.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Store


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Callable[[], Store]:
    return lambda: SqliteStore(tmp_path / "state.db")


@pytest.fixture
def redis_store(redis_database: str) -> Callable[[], Store]:
    return lambda: RedisStore(redis_database)


@pytest.fixture(params=["sqlite_store", "redis_store"])
def open_store(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Open one more handle on the same stored state."""
    one_more: Callable[[], Store] = request.getfixturevalue(request.param)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(one_more()))


def test_a_value_is_read_back_through_another_handle(open_store: Callable[[], Store]) -> None:
    open_store().put("k", b"\x00value")

    assert open_store().get("k") == b"\x00value"


def test_an_unknown_key_reads_as_none(open_store: Callable[[], Store]) -> None:
    store = open_store()

    assert store.get("nothing") is None


def test_put_replaces_and_delete_forgets(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.put("k", b"1")
    store.put("k", b"2")
    replaced = store.get("k")
    store.delete("k")

    assert (replaced, store.get("k")) == (b"2", None)


def test_a_value_is_gone_after_its_time(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.put("k", b"1", ttl_s=0.05)
    deadline = time.monotonic() + 5
    while store.get("k") is not None and time.monotonic() < deadline:
        threading.Event().wait(0.01)

    assert store.get("k") is None


def test_add_refuses_a_key_that_is_there(open_store: Callable[[], Store]) -> None:
    store = open_store()
    added = store.add("k", b"1"), store.add("k", b"2")

    assert (*added, store.get("k")) == (True, False, b"1")


def test_add_takes_a_key_whose_time_is_over(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.put("k", b"old", ttl_s=0)

    assert store.add("k", b"new")


def test_add_succeeds_once_among_threads(open_store: Callable[[], Store]) -> None:
    stores = [open_store() for _ in range(4)]
    won: list[bool] = []
    start = threading.Barrier(len(stores))

    def claim(store: Store) -> None:
        start.wait()
        won.extend(store.add(f"k{number}", b"mine") for number in range(50))

    threads = [threading.Thread(target=claim, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert won.count(True) == 50


def test_a_damaged_state_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_bytes(b"this is no database, but it is long enough to be taken for one" * 20)

    with pytest.raises(StoreUnavailableError, match=r"state\.db"):
        SqliteStore(file)
