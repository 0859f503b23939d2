"""What cannot be answered: people see a plain message, operators a dead letter, and nobody the error's text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import phrases
from bot.backends.sqlite import SqliteLedger
from bot.errors import (
    ConfigurationError,
    MessengerUnavailableError,
    ModelRejectedError,
    ModelUnavailableError,
    PayloadError,
    PostponedError,
    QuorumError,
    TookTooLongError,
)
from tests.fakes import desk as desks
from tests.fakes.desk import QUESTION, Killed, due, later
from workers.handler import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Entry
    from tests.fakes.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.opened(tmp_path / "q.db") as opened:
        yield opened


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
    with pytest.raises(QuorumError, match=r"ZeroDivisionError at desk\.py:\d+"):
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


def test_errors_do_not_count_as_deaths_of_the_worker(desk: Desk) -> None:
    desk.bot.errors += [ModelUnavailableError("busy"), ModelUnavailableError("busy"), Killed()]
    for expected in (PostponedError, PostponedError, Killed):
        with pytest.raises(expected):
            desk.handle(encode(QUESTION))
        due(desk)
    desk.handle(encode(QUESTION))

    assert desk.entry().state == "delivered"


def test_a_failed_question_that_is_opened_again_is_answered_in_place_of_the_failure(desk: Desk) -> None:
    desk.bot.errors.append(ModelRejectedError("no"))
    with pytest.raises(QuorumError):
        desk.handle(encode(QUESTION))
    desk.ledger.advance("q-1", "open")
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.postbox.posts == 1


def test_a_failed_question_that_is_opened_again_has_all_its_attempts(desk: Desk) -> None:
    desk.bot.errors += [ModelRejectedError("no"), ModelUnavailableError("busy")]
    with pytest.raises(QuorumError):
        desk.handle(encode(QUESTION))
    desk.ledger.advance("q-1", "open")
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    due(desk)
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.entry().state == "delivered"


def test_a_failure_whose_worker_died_before_it_was_shown_is_kept_among_the_dead_letters(desk: Desk) -> None:
    desk.bot.errors.append(ModelRejectedError("no"))
    desk.postbox.errors["deliver"] = [Killed()]
    with pytest.raises(Killed):
        desk.handle(encode(QUESTION))
    with pytest.raises(QuorumError, match="q-1 failed"):
        desk.handle(encode(QUESTION))

    assert desk.bot.asked == ["q-1"]
    assert [letter.payload for letter in desk.dead.all()] == [encode(QUESTION)]


def test_an_unforeseen_error_outside_of_any_attempt_shows_its_place_and_not_its_text(
    desk: Desk, tmp_path: Path
) -> None:
    class Broken(SqliteLedger):
        def next(self, lane: str) -> Entry | None:
            raise ZeroDivisionError(lane)

    broken = Broken(tmp_path / "q.db")
    with pytest.raises(QuorumError, match=r"q-1 failed with ZeroDivisionError at test_giving_up\.py:\d+") as told:
        replace(desk.handle, ledger=broken)(encode(QUESTION))
    broken.close()

    assert QUESTION.address.lane not in str(told.value)


def test_an_unforeseen_error_of_a_messenger_ends_the_matter_and_nothing_else(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [ZeroDivisionError("internal detail")]
    with pytest.raises(QuorumError, match="ZeroDivisionError"):
        desk.handle(encode(QUESTION))

    assert desk.entry().state == "failed"
    assert desk.postbox.shown["q-1"] == phrases.say("failed", "en", reference="q-1")
    assert "internal detail" not in desk.dead.all()[0].reason


@pytest.mark.parametrize("moment", ["acknowledge", "acknowledged"])
def test_an_unforeseen_error_before_the_receipt_is_stored_is_said_too(desk: Desk, moment: str) -> None:
    desk.postbox.errors[moment] = [ZeroDivisionError("internal detail")]
    with pytest.raises(QuorumError, match="ZeroDivisionError"):
        desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": phrases.say("failed", "en", reference="q-1")}
    assert desk.postbox.posts == 1


def test_a_failure_that_cannot_be_shown_just_now_is_shown_later(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [ZeroDivisionError("internal detail"), MessengerUnavailableError("503")]
    with pytest.raises(PostponedError):
        desk.handle(encode(QUESTION))
    desk.handle(encode(QUESTION))

    assert desk.postbox.shown == {"q-1": "In the post room: q-1."}
    assert desk.entry().state == "delivered"


def test_a_question_that_takes_too_long_is_tried_again_and_then_said_to_have_failed(desk: Desk) -> None:
    desk.bot.errors += [TookTooLongError("slow")] * 4
    for _ in range(3):
        with pytest.raises(PostponedError):
            desk.handle(encode(QUESTION))
        due(desk)
    with pytest.raises(QuorumError, match="TookTooLongError"):
        desk.handle(encode(QUESTION))

    assert desk.postbox.shown["q-1"] == phrases.say("failed", "en", reference="q-1")


def test_a_platform_that_refuses_for_good_is_recorded(desk: Desk) -> None:
    desk.postbox.errors["deliver"] = [ConfigurationError("no such channel"), ConfigurationError("no such channel")]
    with pytest.raises(QuorumError, match="no such channel"):
        desk.handle(encode(QUESTION))

    assert desk.entry().state == "failed"
    assert len(desk.dead.all()) == 1


def test_a_question_that_another_ledger_has_is_not_dropped_in_silence(desk: Desk) -> None:
    stranger = later("elsewhere", thread="elsewhere")
    with pytest.raises(PayloadError, match="QUORUM_STORE"):
        desk.handle(encode(stranger))

    assert desk.bot.asked == []
    assert [letter.payload for letter in desk.dead.all()] == [encode(stranger)]
