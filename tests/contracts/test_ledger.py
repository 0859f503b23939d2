"""Every Ledger claims a message once ever and keeps it until it is finished."""

from __future__ import annotations

from concurrent import futures
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.redis import RedisLedger
from bot.backends.sqlite import SqliteLedger
from bot.errors import PayloadError
from bot.types import Address, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Ledger
    from bot.types import State


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Callable[[], Ledger]:
    return lambda: SqliteLedger(tmp_path / "state.db")


@pytest.fixture
def redis_ledger(redis_database: str) -> Callable[[], Ledger]:
    return lambda: RedisLedger(redis_database)


@pytest.fixture(params=["sqlite_ledger", "redis_ledger"])
def open_ledger(request: pytest.FixtureRequest) -> Iterator[Callable[[], Ledger]]:
    """Open one more handle on the same stored rows."""
    one_more: Callable[[], Ledger] = request.getfixturevalue(request.param)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(one_more()))


def question(name: str, thread: str = "thread") -> Question:
    address = Address("web", "room", "someone", thread)
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
    for name in ("open", "working", "acknowledged", "answered", "delivered", "failed", "cancelled"):
        ledger.open(question(name))
        ledger.advance(name, name)

    names = [entry.question.id for entry in open_ledger().unfinished(older_than_s=0)]
    assert names == ["open", "working", "acknowledged", "answered"]


def test_a_fresh_question_is_not_stale(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))

    assert list(ledger.unfinished(older_than_s=3600)) == []


def test_a_question_that_is_not_due_is_not_listed(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("later"))
    ledger.advance("later", "open", due_in_s=3600)
    ledger.open(question("now"))
    entry = ledger.find("later")

    assert [one.question.id for one in ledger.unfinished(older_than_s=0)] == ["now"]
    assert entry is not None
    assert 3500 < entry.due_at - entry.updated_at <= 3600


def test_every_beginning_of_work_counts_as_an_attempt(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    for state in ("working", "acknowledged", "open", "working", "answered"):
        ledger.advance("a", state)
    entry = ledger.find("a")

    assert entry is not None
    assert entry.attempts == 2


def test_an_attempt_that_ended_without_a_word_counts_as_a_death(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    counts = []
    for state in ("working", "working", "acknowledged", "working", "open", "working", "answered", "working"):
        ledger.advance("a", state)
        entry = ledger.find("a")
        assert entry is not None
        counts.append((entry.attempts, entry.deaths))

    assert counts == [(1, 0), (2, 1), (2, 1), (3, 2), (3, 2), (4, 2), (4, 2), (5, 2)]


def test_a_move_to_waiting_takes_the_attempt_back(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    counts = []
    for state in ("waiting", "working", "acknowledged", "waiting", "working", "working", "waiting"):
        ledger.advance("a", state)
        entry = ledger.find("a")
        assert entry is not None
        counts.append((entry.attempts, entry.deaths))

    assert counts == [(0, 0), (1, 0), (1, 0), (0, 0), (1, 0), (2, 1), (1, 1)]
    assert [entry.question.id for entry in ledger.unfinished(0)] == ["a"]


@pytest.mark.parametrize("finished", ["delivered", "failed", "cancelled"])
def test_a_finished_question_stays_finished(open_ledger: Callable[[], Ledger], finished: State) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    ledger.advance("a", finished)
    ledger.advance("a", "working")
    entry = ledger.find("a")

    assert entry is not None
    assert entry.state == finished


def test_a_failed_question_can_be_opened_again_with_all_its_attempts(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.open(question("a"))
    ledger.advance("a", "working")
    ledger.advance("a", "working", Receipt("web", "r1"))
    ledger.advance("a", "failed")
    ledger.advance("a", "open")
    entry = ledger.find("a")

    assert entry is not None
    assert (entry.state, entry.attempts, entry.deaths, entry.receipt) == ("open", 0, 0, Receipt("web", "r1"))
    assert ledger.open(question("a")) is False


def test_an_unknown_question_moves_nowhere(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    ledger.advance("nobody", "working")

    assert ledger.find("nobody") is None


def test_the_questions_of_a_conversation_come_in_the_order_of_their_arrival(open_ledger: Callable[[], Ledger]) -> None:
    ledger = open_ledger()
    for name, thread in (("z", "one"), ("b", "two"), ("a", "one")):
        ledger.open(question(name, thread))
    lane = question("z", "one").address.lane
    found = [ledger.next(lane)]
    for state in ("working", "answered", "delivered"):
        ledger.advance("z", state)
        found.append(ledger.next(lane))
    ledger.advance("a", "failed")

    assert [entry.question.id for entry in found if entry] == ["z", "z", "z", "a"]
    assert ledger.next(lane) is None


def test_of_many_claims_at_once_one_succeeds(open_ledger: Callable[[], Ledger]) -> None:
    ledgers = [open_ledger() for _ in range(4)]
    with futures.ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda number: ledgers[number % 4].open(question("a")), range(32)))

    assert sum(claims) == 1


def test_a_row_of_another_version_is_named_without_its_text_and_hides_no_other(
    open_ledger: Callable[[], Ledger], caplog: pytest.LogCaptureFixture
) -> None:
    ledger = open_ledger()
    ledger.open(replace(question("a"), text="hush", address=Address("pager", "room", "u")))  # type: ignore[arg-type]
    ledger.open(question("b"))

    assert [entry.question.id for entry in ledger.unfinished(0)] == ["b"]
    with pytest.raises(PayloadError, match="written by another version") as told:
        ledger.next("pager/room/")
    assert "hush" not in caplog.text + str(told.value)
