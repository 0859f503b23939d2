"""One busy person takes a few seats, and the others are for everybody else."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases
from bot.errors import PostponedError
from bot.types import Address, Question
from workers.seating import seat
from workers.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = Question("a", "Why?", Address("slack", "C1", "UADA"), "en", time.time())
BOB = replace(ADA, id="b", address=replace(ADA.address, user="UBOB"))
TWO = Tries(at_once=2, lease_s=5)


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[SqliteLeases]:
    with closing(SqliteLeases(tmp_path / "q.db")) as opened:
        yield opened


def test_a_persons_third_question_waits_and_another_persons_does_not(leases: SqliteLeases) -> None:
    with ExitStack() as seats:
        for _ in range(2):
            seats.enter_context(seat(leases, ADA, TWO))
        with pytest.raises(PostponedError, match="question a waits"), seat(leases, ADA, TWO):
            pass
        with seat(leases, BOB, TWO):
            entered = True

    assert entered


def test_a_seat_is_free_again_after_its_question(leases: SqliteLeases) -> None:
    entered = 0
    for _ in range(3):
        with seat(leases, ADA, Tries(at_once=1, lease_s=5)):
            entered += 1

    assert entered == 3


def test_a_question_that_has_waited_long_asks_again_rarely(leases: SqliteLeases) -> None:
    now = time.time()
    eager, patient = replace(ADA, asked_at=now), replace(ADA, asked_at=now - 600)
    pauses = []
    with ExitStack() as seats:
        for _ in range(2):
            seats.enter_context(seat(leases, ADA, TWO))
        for question in (eager, patient):
            with pytest.raises(PostponedError) as postponed, seat(leases, question, TWO):
                pass
            pauses.append(postponed.value.delay_s)

    assert pauses[0] < 1
    assert 10 <= pauses[1] <= 30


@pytest.mark.parametrize("change", [{"address": Address("web", "room", "web")}, {"task": "escalate"}])
def test_people_without_a_name_and_errands_need_no_seat(leases: SqliteLeases, change: dict[str, object]) -> None:
    question = replace(ADA, **change)
    entered = 0
    with ExitStack() as seats:
        for _ in range(5):
            seats.enter_context(seat(leases, question, TWO))
            entered += 1

    assert entered == 5
