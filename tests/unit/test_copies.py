"""Of a payload's copies in a queue one comes back, so that a message that is told often is no load."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases
from bot.errors import PostponedError
from tests.fakes import desk as desks
from tests.fakes.desk import QUESTION, later
from tests.fakes.polling import until
from workers.copies import another_waits
from workers.handler import Handler, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.desk import Desk

COPIES = 5
LANE = f"lane:{QUESTION.address.lane}"
HELD_S = 5.0
DELAY_S = 0.4


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[SqliteLeases]:
    with closing(SqliteLeases(tmp_path / "q.db")) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.opened(tmp_path / "q.db") as opened:
        yield opened


def wanted_again(handler: Handler, times: int) -> int:
    """Hand the question's payload in so often, and count how many of the copies the handler wants again."""
    again = 0
    for _ in range(times):
        try:
            handler(encode(QUESTION))
        except PostponedError:
            again += 1
    return again


@pytest.mark.parametrize(("durable", "expected"), [(True, 1), (False, COPIES)])
def test_of_the_copies_that_wait_for_a_conversation_one_comes_back(
    desk: Desk, leases: SqliteLeases, *, durable: bool, expected: int
) -> None:
    leases.acquire(LANE, HELD_S)

    assert wanted_again(replace(desk.handle, durable=durable), COPIES) == expected


def test_the_copy_that_comes_back_answers(desk: Desk, leases: SqliteLeases) -> None:
    handler = replace(desk.handle, durable=True)
    token = leases.acquire(LANE, HELD_S)
    assert token is not None
    waiting = wanted_again(handler, COPIES)
    leases.release(LANE, token)
    handler(encode(QUESTION))

    assert (waiting, desk.entry().state, desk.bot.asked) == (1, "delivered", [QUESTION.id])


def test_the_copy_that_waits_is_back_after_its_mark_is_over(leases: SqliteLeases) -> None:
    first = another_waits(leases, QUESTION, DELAY_S)

    until(lambda: not another_waits(leases, QUESTION, DELAY_S), "another mark", DELAY_S)
    assert not first


def test_a_copy_that_is_wanted_sooner_or_at_once_waits_too(leases: SqliteLeases) -> None:
    marked = [another_waits(leases, QUESTION, delay_s) for delay_s in (16.0, 16.0, 4.0, 0.0, 0.0)]

    assert marked == [False, True, False, False, False]


def test_another_question_of_the_conversation_waits_for_itself(leases: SqliteLeases) -> None:
    assert not another_waits(leases, QUESTION, 4.0)
    assert not another_waits(leases, later("q-2"), 4.0)
