"""The handler answers, delivers and records; whatever happens, the asker gets one reply."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot import phrases
from bot.errors import (
    MessengerUnavailableError,
    ModelUnavailableError,
    PayloadError,
    PostponedError,
    StorageFullError,
)
from bot.types import Entry, Receipt
from tests.fakes import desk as desks
from tests.fakes.desk import QUESTION, Killed, due
from workers.handler import encode
from workers.tries import waits_s

if TYPE_CHECKING:
    from collections.abc import Iterator
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
