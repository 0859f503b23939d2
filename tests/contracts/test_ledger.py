"""Every Ledger claims a message once ever and keeps it until it is finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLedger
from bot.types import Address, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Ledger


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Iterator[Callable[[], Ledger]]:
    opened: list[Ledger] = []

    def open_ledger() -> Ledger:
        opened.append(SqliteLedger(tmp_path / "state.db"))
        return opened[-1]

    yield open_ledger
    for ledger in opened:
        ledger.close()


@pytest.fixture(params=["sqlite_ledger"])
def open_ledger(request: pytest.FixtureRequest) -> Callable[[], Ledger]:
    """Open one more handle on the same stored rows."""
    return request.getfixturevalue(request.param)


def question(name: str) -> Question:
    address = Address("web", "room", "someone", "thread")
    return Question(name, "打印机卡纸怎么办？", address, "zh", 1.5, frozenset({"helpdesk"}))


def test_a_message_is_claimed_once_ever(open_ledger: Callable[[], Ledger]) -> None:
    claims = [open_ledger().open(question("a")) for _ in range(3)]

    assert claims == [True, False, False]


def test_the_whole_question_comes_back(open_ledger: Callable[[], Ledger]) -> None:
    open_ledger().open(question("a"))
    entry = open_ledger().find("a")

    assert entry is not None
    assert (entry.question, entry.state, entry.receipt) == (question("a"), "open", None)


def test_an_unknown_question_is_none(open_ledger: Callable[[], Ledger]) -> None:
    assert open_ledger().find("nobody") is None


def test_a_receipt_stays_when_the_state_moves_on(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    ledger.advance("a", "working", Receipt("web", "r1"))
    ledger.advance("a", "answered")
    entry = ledger.find("a")

    assert entry is not None
    assert (entry.state, entry.receipt) == ("answered", Receipt("web", "r1"))


def test_unfinished_questions_survive_and_finished_ones_do_not_come_back(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    for name in ("open", "working", "answered", "delivered", "failed", "cancelled"):
        ledger.open(question(name))
        ledger.advance(name, name)

    names = [entry.question.id for entry in open_ledger().unfinished(older_than_s=0)]
    assert names == ["open", "working", "answered"]


def test_a_fresh_question_is_not_stale(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))

    assert list(ledger.unfinished(older_than_s=3600)) == []
