"""The handler answers, delivers and records; whatever happens, the asker gets one reply."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot import phrases
from bot.errors import (
    MessengerBusyError,
    MessengerUnavailableError,
    ModelUnavailableError,
    PayloadError,
    PostponedError,
    QuorumError,
    StorageFullError,
)
from bot.types import Answer, Entry, Progress, Question, Receipt
from tests.fakes import desk as desks
from tests.fakes.desk import QUESTION, Killed, due
from tests.fakes.postbox import Postbox
from workers.handler import encode
from workers.tries import platform_pause_s, waits_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.opened(tmp_path / "q.db") as opened:
        yield opened


def test_a_question_is_acknowledged_answered_and_recorded(desk: Desk) -> None:
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.postbox.history["q-1"] == [
        "acknowledged",
        phrases.say("stage_retrieving", "en"),
        "In the post room: q-1.",
    ]
    assert (desk.entry().state, desk.entry().receipt) == ("delivered", Receipt("web", "q-1"))


def test_a_comparison_is_answered_as_a_reply_of_its_own(desk: Desk) -> None:
    compared = replace(QUESTION, id="compare-q-1", task="compare")
    desk.ledger.open(compared)
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1.", "compare-q-1": "In the post room: compare-q-1."}
    assert desk.entry("compare-q-1").state == "delivered"


def test_the_same_payload_twice_is_answered_once(desk: Desk) -> None:
    desk.handle(encode(QUESTION))
    desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"]
    assert desk.postbox.posts == 1


def test_a_retryable_error_postpones_the_question_for_a_longer_time_each_time(desk: Desk) -> None:
    desk.bot.errors += [ModelUnavailableError("busy"), ModelUnavailableError("busy")]
    delays = []
    for _ in range(2):
        with pytest.raises(PostponedError) as postponed:
            desk.handle(encode(QUESTION))
        delays.append(postponed.value.delay_s)
        due(desk)
    desk.handle(encode(QUESTION))

    assert delays == [1.0, 2.0]
    assert desk.postbox.posts == 1
    assert desk.entry().state == "delivered"


def test_a_payload_that_comes_before_its_time_comes_back(desk: Desk) -> None:
    desk.ledger.advance("q-1", "open", due_in_s=20)

    with pytest.raises(PostponedError) as postponed:
        desk.handle(encode(QUESTION))
    assert 15 < postponed.value.delay_s <= 20
    assert desk.bot.asked == []


def test_a_pause_that_a_set_back_clock_made_endless_is_over_at_once(desk: Desk) -> None:
    desk.ledger.advance("q-1", "open", due_in_s=7200)
    desk.handle(encode(QUESTION))

    assert desk.entry().state == "delivered"


def test_an_answer_that_was_made_before_a_crash_is_delivered_and_not_made_again(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [Killed()]
    with pytest.raises(Killed):
        desk.handle(encode(QUESTION))
    desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"]
    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}


def test_a_crash_between_posting_and_recording_posts_nothing_twice(desk: Desk) -> None:
    desk.postbox.errors["acknowledged"] = [Killed()]
    with pytest.raises(Killed):
        desk.handle(encode(QUESTION))
    desk.handle(encode(QUESTION))

    assert desk.postbox.posts == 1
    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}


def test_an_answer_waits_for_a_platform_that_is_down(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [MessengerUnavailableError("503")]
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    due(desk)
    desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"]
    assert desk.entry().state == "delivered"


def test_progress_that_cannot_be_shown_does_not_hold_up_the_answer(desk: Desk) -> None:
    desk.postbox.errors["progress"] = [MessengerUnavailableError("503")]
    desk.handle(encode(QUESTION))

    assert desk.entry().state == "delivered"


def test_a_payload_that_does_not_decode_is_kept_and_shows_nothing_of_itself(desk: Desk) -> None:
    with pytest.raises(PayloadError) as refused:
        desk.handle(b'{"text": "secret')

    assert [letter.payload for letter in desk.dead.all()] == [b'{"text": "secret']
    assert "secret" not in str(refused.value) + desk.dead.all()[0].reason


def test_one_line_is_logged_without_the_text(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        desk.handle(encode(QUESTION))

    assert [record.name for record in caplog.records] == ["workers.handler"]
    assert "q-1" in caplog.text
    assert "parcel" not in caplog.text


def test_a_question_is_due_when_its_time_has_come() -> None:
    assert waits_s(Entry(QUESTION, "open", None, 0.0)) == 0


def test_a_full_disk_postpones_and_loses_nothing(desk: Desk) -> None:
    desk.bot.errors.append(StorageFullError("full"))
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    due(desk)
    desk.handle(encode(QUESTION))

    assert desk.entry().state == "delivered"


@pytest.mark.parametrize("method", ["acknowledge", "gather", "deliver"])
def test_a_platform_that_is_down_costs_no_attempt(desk: Desk, method: str) -> None:
    tries = desk.handle.tries.attempts
    desk.postbox.errors[method] = [MessengerUnavailableError("down") for _ in range(tries + 1)]
    for _ in range(tries + 1):
        with pytest.raises(PostponedError):
            desk.handle(encode(QUESTION))
        assert desk.entry().attempts == 0
        due(desk)
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert (desk.postbox.posts, desk.entry().state) == (1, "delivered")


def test_a_platform_that_says_when_to_come_back_is_left_alone_until_then(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [MessengerBusyError("slow down", 17.0)]

    with pytest.raises(PostponedError) as postponed:
        desk.handle(encode(replace(QUESTION, asked_at=time.time())))
    assert postponed.value.delay_s >= 17
    assert 15 < waits_s(desk.entry()) <= 30


def test_of_all_that_a_platform_makes_wait_the_oldest_is_shown_first() -> None:
    limit, down = MessengerBusyError("429", 9.0, is_asked=True), MessengerBusyError("refused", 1.0)
    old, new = (Entry(replace(QUESTION, asked_at=time.time() - age), "working", None, 0.0) for age in (100.0, 0.0))

    assert 9.0 < platform_pause_s(old, limit) < platform_pause_s(new, limit) <= 10.1
    assert platform_pause_s(new, down) < platform_pause_s(old, down)


def test_what_the_messenger_gathers_is_answered_and_its_notices_are_shown(desk: Desk) -> None:
    heard: list[Question] = []
    desk.postbox.gathered = lambda question: replace(question, text="with a file", notices=("one was unreadable",))
    answering = replace(desk.handle, bot=Listening(heard))
    answering(encode(QUESTION))
    answer = desk.handle.book.load("q-1")

    assert [question.text for question in heard] == ["with a file"]
    assert answer is not None
    assert answer.notices == ("one was unreadable", "by the bot")


def test_an_errand_is_run_once_and_not_answered(desk: Desk) -> None:
    errand = replace(QUESTION, id="q-2", task="say", text="help")
    desk.ledger.advance("q-1", "cancelled")
    desk.ledger.open(errand)
    running = Running()
    handle = replace(desk.handle, messengers={"web": running})
    handle(encode(errand))
    handle(encode(errand))

    assert running.done == ["say"]
    assert (desk.entry("q-2").state, desk.bot.asked, running.posts) == ("delivered", [], 0)


def test_an_errand_for_a_messenger_that_runs_none_is_told_the_operator(desk: Desk) -> None:
    errand = replace(QUESTION, id="q-2", task="escalate")
    desk.ledger.advance("q-1", "cancelled")
    desk.ledger.open(errand)

    with pytest.raises(QuorumError, match="cannot"):
        desk.handle(encode(errand))
    assert desk.entry("q-2").state == "failed"


def test_a_cancelled_question_shows_no_answer(desk: Desk) -> None:
    class Cancelling(Postbox):
        def gather(self, question: Question) -> Question:
            desk.ledger.advance("q-1", "cancelled")
            return question

    box = Cancelling()
    replace(desk.handle, messengers={"web": box})(encode(QUESTION))

    assert "In the post room: q-1." not in box.history["q-1"]
    assert desk.entry().state == "cancelled"


@dataclass
class Listening:
    """Answers, and keeps what it was asked."""

    heard: list[Question]

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        tell(Progress("sampling", 3, 5))
        self.heard.append(question)
        return Answer(question.id, question.id, "answered", "Here.", "en", notices=("by the bot",))


@dataclass
class Running(Postbox):
    """A messenger that keeps which errands it ran."""

    done: list[str] = field(default_factory=list)

    def run(self, question: Question) -> None:
        self.done.append(question.task)
