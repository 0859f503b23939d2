"""The handler answers, delivers and records, in order; whatever happens, the asker gets one reply."""

from __future__ import annotations

import logging
import threading
from concurrent import futures
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bot import phrases
from bot.backends.sqlite import SqliteDeadLetters, SqliteLeases, SqliteLedger, SqliteStore
from bot.conversation.answers import AnswerBook
from bot.errors import (
    MessengerUnavailableError,
    ModelRejectedError,
    ModelUnavailableError,
    PayloadError,
    PostponedError,
    QuorumError,
)
from bot.types import Address, Answer, Entry, Question, Receipt
from tests.fakes.postbox import Postbox
from workers.handler import Handler, encode
from workers.tries import Tries, waits_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.types import Stage

ADDRESS = Address("web", "room", "someone")
QUESTION = Question("q-1", "Where is my parcel of secrets?", ADDRESS, "en", 1.0)
LONG_S = 30.0


@dataclass
class ScriptedBot:
    """Raises the given errors one after the other, then answers; `gate` is waited for before each answer."""

    errors: list[BaseException] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def answer(self, question: Question, tell: Callable[[Stage], None] = lambda _: None) -> Answer:
        self.asked.append(question.id)
        self.begun.set()
        self.gate.wait(LONG_S)
        tell("retrieving")
        if self.errors:
            raise self.errors.pop(0)
        return Answer(question.id, question.id, "answered", f"In the post room: {question.id}.", question.language)


class Desk(NamedTuple):
    handle: Handler
    bot: ScriptedBot
    ledger: SqliteLedger
    dead: SqliteDeadLetters
    postbox: Postbox

    def entry(self, name: str = "q-1") -> Entry:
        found = self.ledger.find(name)
        assert found is not None
        return found


class Killed(BaseException):
    """Ends a thread of control as kill -9 would: nothing of ours catches it."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "q.db"
    store, ledger, leases, dead = SqliteStore(file), SqliteLedger(file), SqliteLeases(file), SqliteDeadLetters(file)
    bot, postbox = ScriptedBot(), Postbox()
    bot.gate.set()
    ledger.open(QUESTION)
    handler = Handler(bot, ledger, leases, AnswerBook(store, 3600), dead, {"web": postbox}, Tries(4, 3, lease_s=0.5))
    yield Desk(handler, bot, ledger, dead, postbox)
    for part in (store, ledger, leases, dead):
        part.close()


def due(desk: Desk, name: str = "q-1") -> None:
    """Let the pause before the next attempt be over."""
    desk.ledger.advance(name, desk.entry(name).state)


def later(name: str, thread: str = "") -> Question:
    return replace(QUESTION, id=name, address=replace(ADDRESS, thread=thread))


def test_a_question_is_acknowledged_answered_and_recorded(desk: Desk) -> None:
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.postbox.history["q-1"] == [
        "acknowledged",
        phrases.say("stage_retrieving", "en"),
        "In the post room: q-1.",
    ]
    assert (desk.entry().state, desk.entry().receipt) == ("delivered", Receipt("web", "q-1"))


def test_the_same_payload_twice_is_answered_once(desk: Desk) -> None:
    desk.handle(encode(QUESTION))
    desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"]
    assert desk.postbox.posts == 1


def test_the_same_payload_in_many_threads_is_answered_once(desk: Desk) -> None:
    with futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(desk.handle, encode(QUESTION)) for _ in range(16)]
        errors = [future.exception(LONG_S) for future in waiting]

    assert desk.bot.asked == ["q-1"]
    assert desk.postbox.posts == 1
    assert all(error is None or isinstance(error, PostponedError) for error in errors)


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


def test_after_the_last_attempt_people_see_a_plain_message_with_a_reference(desk: Desk) -> None:
    desk.bot.errors += [ModelUnavailableError("http://secret-host refused")] * 4
    for _ in range(3):
        with pytest.raises(PostponedError):
            desk.handle(encode(QUESTION))
        due(desk)
    with pytest.raises(QuorumError, match="ModelUnavailableError"):
        desk.handle(encode(QUESTION))

    assert desk.entry().state == "failed"
    assert "q-1" in desk.postbox.shown["q-1"]
    assert "secret-host" not in desk.postbox.shown["q-1"]
    assert [letter.payload for letter in desk.dead.all()] == [encode(QUESTION)]


def test_an_unforeseen_error_fails_at_once_and_never_shows_its_text(desk: Desk) -> None:
    desk.bot.errors.append(ZeroDivisionError("internal detail"))
    with pytest.raises(QuorumError, match=r"ZeroDivisionError at test_handler\.py:\d+"):
        desk.handle(encode(QUESTION))

    assert desk.entry().state == "failed"
    assert "q-1" in desk.postbox.shown["q-1"]
    assert "internal detail" not in desk.postbox.shown["q-1"] + desk.dead.all()[0].reason


def test_a_question_that_kills_its_worker_every_time_is_stopped_and_said(desk: Desk) -> None:
    desk.bot.errors += [Killed(), Killed(), Killed()]
    for _ in range(3):
        with pytest.raises(Killed):
            desk.handle(encode(QUESTION))
    with pytest.raises(QuorumError, match="given up after 3 attempts"):
        desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"] * 3
    assert desk.entry().state == "failed"
    assert desk.postbox.shown["q-1"] == phrases.say("failed", "en", reference="q-1")


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
        desk.handle(encode(later("q-2")))
        early = list(desk.bot.asked)
        desk.bot.gate.set()
        first.result(LONG_S)

    assert (early, desk.bot.asked) == (["q-1"], ["q-1", "q-2"])
    assert desk.entry("q-2").state == "delivered"


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


def test_other_conversations_do_not_wait(desk: Desk) -> None:
    desk.ledger.open(later("other", thread="two"))
    desk.bot.errors += [ModelUnavailableError("busy")]
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    desk.handle(encode(later("other", thread="two")))

    assert desk.entry("other").state == "delivered"


def test_a_failed_question_does_not_stop_the_next_one_of_its_conversation(desk: Desk) -> None:
    desk.ledger.open(later("q-2"))
    desk.bot.errors.append(ModelRejectedError("no"))
    with pytest.raises(QuorumError):
        desk.handle(encode(QUESTION))

    assert (desk.entry("q-1").state, desk.entry("q-2").state) == ("failed", "delivered")


def test_a_payload_that_does_not_decode_is_kept_and_shows_nothing_of_itself(desk: Desk) -> None:
    with pytest.raises(PayloadError) as refused:
        desk.handle(b'{"text": "secret')

    assert [letter.payload for letter in desk.dead.all()] == [b'{"text": "secret']
    assert "secret" not in str(refused.value) + desk.dead.all()[0].reason


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


def taken_over(file: Path) -> None:
    """Hold every lease under another token, as somebody does who found it ended."""
    store = SqliteLeases(file)
    store._database.run("UPDATE leases SET token = 'another', until = until + 3600")
    store.close()


def test_a_failed_question_that_is_opened_again_is_answered_in_place_of_the_failure(desk: Desk) -> None:
    desk.bot.errors.append(ModelRejectedError("no"))
    with pytest.raises(QuorumError):
        desk.handle(encode(QUESTION))
    desk.ledger.advance("q-1", "open")
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.postbox.posts == 1


def test_one_line_is_logged_without_the_text(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        desk.handle(encode(QUESTION))

    assert [record.name for record in caplog.records] == ["workers.handler"]
    assert "q-1" in caplog.text
    assert "parcel" not in caplog.text


def test_a_question_is_due_when_its_time_has_come() -> None:
    assert waits_s(Entry(QUESTION, "open", None, 0.0)) == 0
