"""Conversations are answered in their order, one worker at a time, whoever holds them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases
from bot.errors import ModelRejectedError, ModelUnavailableError, PostponedError, QuorumError
from bot.types import Receipt
from tests.fakes import desk as desks
from tests.fakes.desk import LONG_S, QUESTION, later
from tests.fakes.polling import until
from tests.fakes.postbox import Postbox
from workers.failing import failure
from workers.handler import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.opened(tmp_path / "q.db") as opened:
        yield opened


def test_the_questions_of_a_conversation_are_answered_in_their_order(desk: Desk) -> None:
    names = ["q-1", "z", "m", "a"]
    for name in names[1:]:
        desk.ledger.open(later(name))
    desk.handle(encode(later("a")))

    assert desk.bot.asked == names


def test_a_question_that_comes_while_its_conversation_is_busy_is_answered_by_who_is_busy(desk: Desk) -> None:
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.handle, encode(QUESTION))
        assert desk.bot.begun.wait(LONG_S)
        desk.ledger.open(later("q-2"))
        with pytest.raises(PostponedError):
            desk.handle(encode(later("q-2")))
        early = list(desk.bot.asked)
        desk.bot.gate.set()
        first.result(LONG_S)

    assert (early, desk.bot.asked) == (["q-1"], ["q-1", "q-2"])
    assert desk.entry("q-2").state == "delivered"


def test_a_question_that_meets_a_dead_worker_s_lease_comes_back_when_that_is_over(desk: Desk) -> None:
    assert desk.handle.leases.acquire("lane:web/room/", 5)

    with pytest.raises(PostponedError) as postponed:
        desk.handle(encode(QUESTION))
    assert postponed.value.delay_s == desk.handle.tries.lease_s


def test_a_redelivery_while_the_question_is_in_hand_asks_to_come_back(desk: Desk) -> None:
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.handle, encode(QUESTION))
        assert desk.bot.begun.wait(LONG_S)
        with pytest.raises(PostponedError):
            desk.handle(encode(QUESTION))
        desk.bot.gate.set()
        first.result(LONG_S)

    assert desk.bot.asked == ["q-1"]


def test_a_payload_that_carries_the_next_question_comes_back_for_it_however_clocks_differ(desk: Desk) -> None:
    desk.ledger.open(later("q-2"))
    desk.ledger.advance("q-1", "delivered")
    desk.ledger.advance("q-2", "open", due_in_s=5)

    with pytest.raises(PostponedError) as postponed:
        desk.handle(encode(QUESTION))
    assert 3 < postponed.value.delay_s <= 5


def test_other_conversations_do_not_wait(desk: Desk) -> None:
    desk.ledger.open(later("other", thread="two"))
    desk.bot.errors += [ModelUnavailableError("busy")]
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    desk.handle(encode(later("other", thread="two")))

    assert desk.entry("other").state == "delivered"


def test_a_conversation_is_given_back_to_the_queue_after_its_turn(desk: Desk) -> None:
    for name in ("q-2", "q-3"):
        desk.ledger.open(later(name))
    handle = replace(desk.handle, tries=replace(desk.handle.tries, turn_s=0.0))
    turns = []
    for _ in range(3):
        try:
            handle(encode(QUESTION))
        except PostponedError as exc:
            turns.append((exc.delay_s, list(desk.bot.asked)))

    assert turns == [(0.0, ["q-1"]), (0.0, ["q-1", "q-2"])]
    assert desk.bot.asked == ["q-1", "q-2", "q-3"]


def test_a_failed_question_does_not_stop_the_next_one_of_its_conversation(desk: Desk) -> None:
    desk.ledger.open(later("q-2"))
    desk.bot.errors.append(ModelRejectedError("no"))
    with pytest.raises(QuorumError):
        desk.handle(encode(QUESTION))

    assert (desk.entry("q-1").state, desk.entry("q-2").state) == ("failed", "delivered")


def test_a_worker_that_lost_its_conversation_posts_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.handle, encode(QUESTION))
        assert desk.bot.begun.wait(LONG_S)
        taken_over(tmp_path / "q.db")
        desk.bot.gate.set()
        error = first.exception(LONG_S)

    assert isinstance(error, PostponedError)
    assert "In the post room" not in desk.postbox.shown["q-1"]


def test_a_worker_that_hung_hides_and_replaces_nothing_of_what_another_answered(desk: Desk, tmp_path: Path) -> None:
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.handle, encode(QUESTION))
        assert desk.bot.begun.wait(LONG_S)
        taken_over(tmp_path / "q.db")
        until(lambda: not beating(), "the lease is found lost")
        desk.postbox.deliver(Receipt("web", "q-1"), failure(QUESTION))
        desk.ledger.advance("q-1", "failed")
        desk.bot.gate.set()
        first.exception(LONG_S)

    assert desk.postbox.shown["q-1"] == failure(QUESTION).text
    assert desk.handle.book.load("q-1") is None


def test_a_worker_that_hung_while_it_showed_progress_shows_the_answer_of_another_again(
    desk: Desk, tmp_path: Path
) -> None:
    def meanwhile() -> None:
        taken_over(tmp_path / "q.db")
        until(lambda: not beating(), "the lease is found lost")
        hanging.deliver(Receipt("web", "q-1"), failure(QUESTION))
        desk.ledger.advance("q-1", "failed")

    hanging = Hanging(meanwhile=meanwhile)
    with pytest.raises(PostponedError):
        replace(desk.handle, messengers={"web": hanging})(encode(QUESTION))

    assert len(hanging.history["q-1"]) == 4
    assert desk.handle.book.load("q-1") is None
    assert hanging.shown["q-1"] == failure(QUESTION).text


@dataclass
class Hanging(Postbox):
    """Does something else before it shows the first progress."""

    meanwhile: Callable[[], None] = lambda: None

    def progress(self, receipt: Receipt, text: str) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        super().progress(receipt, text)


def beating() -> bool:
    """Tell whether any lease is still extended."""
    return any(thread.name.startswith("lease ") for thread in threading.enumerate())


def taken_over(file: Path) -> None:
    """Hold every lease under another token, as somebody does who found it ended."""
    store = SqliteLeases(file)
    store._database.run("UPDATE leases SET token = 'another', until = until + 3600")
    store.close()


def test_of_questions_whose_worker_died_too_often_one_is_tried_at_a_time(desk: Desk) -> None:
    for name in ("q-2", "q-3"):
        desk.ledger.open(later(name, thread=name))
        for _ in range(2):
            desk.ledger.advance(name, "working")
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.handle, encode(later("q-2", thread="q-2")))
        assert desk.bot.begun.wait(LONG_S)
        with pytest.raises(PostponedError):
            desk.handle(encode(later("q-3", thread="q-3")))
        desk.bot.gate.set()
        first.result(LONG_S)
    desk.handle(encode(later("q-3", thread="q-3")))

    assert desk.bot.asked == ["q-2", "q-3"]
    assert (desk.entry("q-2").state, desk.entry("q-3").state) == ("delivered", "delivered")


def test_the_same_payload_in_many_threads_is_answered_once(desk: Desk) -> None:
    with futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(desk.handle, encode(QUESTION)) for _ in range(16)]
        errors = [future.exception(LONG_S) for future in waiting]

    assert desk.bot.asked == ["q-1"]
    assert desk.postbox.posts == 1
    assert all(error is None or isinstance(error, PostponedError) for error in errors)


def test_a_question_that_was_withdrawn_meanwhile_is_not_answered(desk: Desk) -> None:
    desk.bot.gate.clear()
    with futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.handle, encode(QUESTION))
        assert desk.bot.begun.wait(LONG_S)
        desk.ledger.advance("q-1", "cancelled")
        desk.bot.gate.set()
        first.result(LONG_S)

    assert desk.postbox.history["q-1"][-1] != "In the post room: q-1."
    assert desk.entry().state == "cancelled"
