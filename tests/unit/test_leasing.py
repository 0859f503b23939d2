"""A held lease is extended for as long as its block lasts, and released at its end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases
from bot.conversation import leasing
from bot.errors import InputError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import Leases

LONG_S = 3600.0
SHORT_S = 1.0


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    opened = SqliteLeases(tmp_path / "state.db")
    yield opened
    opened.close()


@pytest.fixture
def others(leases: Leases, tmp_path: Path) -> Iterator[Leases]:
    del leases  # closed after these
    opened = SqliteLeases(tmp_path / "state.db")
    yield opened
    opened.close()


def test_a_held_lease_is_nobody_elses(leases: Leases, others: Leases) -> None:
    with leasing.hold(leases, "a", LONG_S) as held, leasing.hold(others, "a", LONG_S) as second:
        assert held is not None
        assert second is None


def test_a_lease_is_free_after_its_block(leases: Leases, others: Leases) -> None:
    with leasing.hold(leases, "a", LONG_S):
        pass

    assert others.acquire("a", LONG_S) is not None


def test_a_lease_is_free_after_a_block_that_raised(leases: Leases, others: Leases) -> None:
    with pytest.raises(InputError), leasing.hold(leases, "a", LONG_S):
        raise InputError

    assert others.acquire("a", LONG_S) is not None


def test_a_block_that_was_refused_releases_nothing(leases: Leases, others: Leases) -> None:
    token = others.acquire("a", LONG_S)

    with leasing.hold(leases, "a", LONG_S) as held:
        assert held is None

    assert token is not None
    assert others.extend("a", token, LONG_S)


@pytest.mark.slow
def test_a_lease_is_held_for_longer_than_its_time(leases: Leases, others: Leases) -> None:
    between = threading.Event()

    with leasing.hold(leases, "a", SHORT_S):
        over = time.monotonic() + 1.5 * SHORT_S
        taken = [others.acquire("a", SHORT_S)]
        while time.monotonic() < over:
            between.wait(0.05)  # an open fight for the file would keep the holder from extending
            taken.append(others.acquire("a", SHORT_S))

    assert set(taken) == {None}


def test_confirming_tells_that_a_lease_is_still_ours(leases: Leases) -> None:
    with leasing.hold(leases, "a", LONG_S) as held:
        assert held is not None
        assert held.confirm()


def test_confirming_tells_that_a_lease_is_lost(leases: Leases, others: Leases) -> None:
    with leasing.hold(leases, "a", LONG_S) as held:
        assert held is not None
        others.release("a", held._token)
        stolen = others.acquire("a", LONG_S)

        assert not held.confirm()
    assert stolen is not None
    assert others.extend("a", stolen, LONG_S)  # the end of the block did not release another's lease


def test_a_store_that_is_down_stops_nobody_who_holds_a_lease(leases: Leases) -> None:
    with leasing.hold(leases, "a", SHORT_S) as held:
        leases.close()

        assert held is not None
        with pytest.raises(StoreUnavailableError):
            held.confirm()


def test_a_conversation_s_name_forges_no_line_of_the_log(leases: Leases, caplog: pytest.LogCaptureFixture) -> None:
    with leasing.hold(leases, "lane:web/a\nforged/", LONG_S):
        leases.close()

    assert [len(record.getMessage().splitlines()) for record in caplog.records] == [1]


def test_a_lease_that_cannot_be_acquired_is_an_error(leases: Leases) -> None:
    leases.close()

    with pytest.raises(StoreUnavailableError), leasing.hold(leases, "a", LONG_S):
        pass


def test_no_thread_is_left_behind(leases: Leases) -> None:
    with leasing.hold(leases, "gone", LONG_S):
        during = {thread.name for thread in threading.enumerate()}

    assert "lease gone" in during
    assert "lease gone" not in {thread.name for thread in threading.enumerate()}


def test_who_did_not_extend_in_time_is_not_sure_of_the_lease(leases: Leases) -> None:
    with leasing.hold(leases, "a", LONG_S) as held:
        assert held is not None
        before = held.sure
        leases.release("a", held._token)
        after_losing_it = held.confirm() or held.sure

    assert (before, after_losing_it) == (True, False)
