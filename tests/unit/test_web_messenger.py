"""The web's replies in the store: the first answer stays, whatever comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.web.messenger import WebMessenger
from bot.backends.sqlite import SqliteStore
from bot.types import Answer, Outcome, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECEIPT = Receipt("web", "web-1")


@pytest.fixture
def messenger(tmp_path: Path) -> Iterator[WebMessenger]:
    store = SqliteStore(tmp_path / "q.db")
    yield WebMessenger(store, 60.0)
    store.close()


def answer(text: str, outcome: Outcome = "answered") -> Answer:
    return Answer("web-1", "web-1", outcome, text, "en")


def shown(messenger: WebMessenger) -> str:
    view = messenger.view("web-1")
    assert view is not None
    return str(view["answer"]["text"]) if view["answer"] else str(view["progress"])


def test_late_progress_does_not_hide_the_answer(messenger: WebMessenger) -> None:
    messenger.deliver(RECEIPT, answer("In the post room."))
    messenger.progress(RECEIPT, "Searching")

    assert shown(messenger) == "In the post room."


def test_a_second_answer_changes_nothing(messenger: WebMessenger) -> None:
    messenger.deliver(RECEIPT, answer("In the post room."))
    messenger.deliver(RECEIPT, answer("Somewhere else."))

    assert shown(messenger) == "In the post room."


def test_an_answer_takes_the_place_of_a_failure(messenger: WebMessenger) -> None:
    messenger.deliver(RECEIPT, answer("Something went wrong.", "failed"))
    messenger.deliver(RECEIPT, answer("In the post room."))

    assert shown(messenger) == "In the post room."


def test_halves_of_characters_can_be_shown(messenger: WebMessenger) -> None:
    messenger.deliver(RECEIPT, answer("half \ud800"))

    assert shown(messenger) == "half ?"


def test_what_people_see_has_the_shape_of_the_command_line(messenger: WebMessenger) -> None:
    messenger.deliver(RECEIPT, answer("In the post room."))
    view = messenger.view("web-1")

    assert view is not None
    assert set(view["answer"]) == {"id", "outcome", "text", "citations", "vote", "confidence", "seconds"}
