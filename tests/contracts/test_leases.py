"""All Leases let one holder at a time do something."""

from __future__ import annotations

from concurrent import futures
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.redis import RedisLeases
from bot.backends.sqlite import SqliteLeases
from tests.fakes.polling import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Leases

LONG_S = 3600.0
SHORT_S = 0.05
DEADLINE_S = 20.0


@pytest.fixture
def sqlite_leases(tmp_path: Path) -> Callable[[], Leases]:
    return lambda: SqliteLeases(tmp_path / "state.db")


@pytest.fixture
def redis_leases(redis_database: str) -> Callable[[], Leases]:
    return lambda: RedisLeases(redis_database)


@pytest.fixture(params=["sqlite_leases", "redis_leases"])
def open_leases(request: pytest.FixtureRequest) -> Iterator[Callable[[], Leases]]:
    """Open one more handle on the same leases."""
    one_more: Callable[[], Leases] = request.getfixturevalue(request.param)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(one_more()))


def acquired(leases: Leases, name: str, ttl_s: float = LONG_S) -> str:
    """Poll until the lease is ours."""
    return until(lambda: leases.acquire(name, ttl_s), f"the lease {name!r} is free", DEADLINE_S)


def test_a_lease_has_one_holder(open_leases: Callable[[], Leases]) -> None:
    token = open_leases().acquire("a", LONG_S)

    assert token is not None
    assert open_leases().acquire("a", LONG_S) is None


def test_of_many_at_once_one_gets_it(open_leases: Callable[[], Leases]) -> None:
    handles = [open_leases() for _ in range(4)]
    with futures.ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda number: handles[number % 4].acquire("a", LONG_S), range(32)))

    assert sum(token is not None for token in tokens) == 1


def test_leases_of_other_names_are_free(open_leases: Callable[[], Leases]) -> None:
    leases = open_leases()
    leases.acquire("a", LONG_S)

    assert leases.acquire("b", LONG_S) is not None


def test_a_released_lease_is_free(open_leases: Callable[[], Leases]) -> None:
    leases = open_leases()
    leases.release("a", acquired(leases, "a"))

    assert leases.acquire("a", LONG_S) is not None


def test_a_lease_whose_time_is_over_is_free(open_leases: Callable[[], Leases]) -> None:
    acquired(open_leases(), "a", SHORT_S)

    assert acquired(open_leases(), "a")


def test_an_extended_lease_outlives_its_first_time(open_leases: Callable[[], Leases]) -> None:
    leases = open_leases()
    token = acquired(leases, "a", 1.0)
    extended = leases.extend("a", token, LONG_S)
    acquired(leases, "b", 1.0)
    acquired(leases, "b", LONG_S)  # "b" was taken after "a", so the first time of "a" is over now

    assert extended
    assert leases.acquire("a", LONG_S) is None


def test_a_former_holder_neither_extends_nor_releases(open_leases: Callable[[], Leases]) -> None:
    leases = open_leases()
    former = acquired(leases, "a", SHORT_S)
    acquired(leases, "a")
    extended = leases.extend("a", former, LONG_S)
    leases.release("a", former)

    assert not extended
    assert leases.acquire("a", LONG_S) is None
