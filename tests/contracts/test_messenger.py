"""Every Messenger reads questions and shows one reply for one receipt."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Protocol

import pytest

from adapters.console.messenger import ConsoleMessenger
from adapters.web.messenger import WebMessenger
from bot.backends.sqlite import SqliteStore
from bot.types import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import Messenger


class Platform(Protocol):
    """A messenger, and what people see of a question that was asked through it."""

    messenger: Messenger

    def shown(self, question_id: str) -> str:
        """Return all text that is on show."""


class Console:
    """The console with what a person sees on it."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.messenger: Messenger = ConsoleMessenger(self._stream)

    def shown(self, question_id: str) -> str:  # noqa: ARG002 - a terminal shows everything
        return self._stream.getvalue()


class Web:
    """The web with what its API shows, read by another process than the one that delivered."""

    def __init__(self, file: Path) -> None:
        self._delivering, self._showing = SqliteStore(file), SqliteStore(file)
        self.messenger: Messenger = WebMessenger(self._delivering, 60.0)

    def shown(self, question_id: str) -> str:
        return json.dumps(WebMessenger(self._showing, 60.0).view(question_id), ensure_ascii=False)

    def close(self) -> None:
        self._delivering.close()
        self._showing.close()


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    opened = Web(tmp_path / "q.db")
    yield opened
    opened.close()


@pytest.fixture(params=["console", "web"])
def platform(request: pytest.FixtureRequest) -> Platform:
    found: Platform = request.getfixturevalue(request.param)
    return found


def test_a_message_becomes_a_question_in_its_own_language(platform: Platform) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": " 打印机卡纸了怎么办？ "})

    assert question is not None
    assert question.id.endswith("m1")
    assert (question.text, question.language) == ("打印机卡纸了怎么办？", "zh")


def test_the_same_message_is_the_same_question(platform: Platform) -> None:
    first, again = (platform.messenger.to_question({"id": "m1", "text": "hello?"}) for _ in range(2))
    other = platform.messenger.to_question({"id": "m2", "text": "hello?"})

    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id


def test_a_message_without_text_is_not_for_us(platform: Platform) -> None:
    assert platform.messenger.to_question({"id": "m1", "text": "  \n"}) is None


def test_delivering_twice_with_one_receipt_shows_one_reply(platform: Platform) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": "hello?"})
    assert question is not None
    receipt = platform.messenger.acknowledge(question)
    answer = Answer(question.id, question.id, "answered", "The only reply.", "en")
    platform.messenger.deliver(receipt, answer)
    platform.messenger.deliver(receipt, answer)

    assert platform.shown(question.id).count("The only reply.") == 1


def test_our_own_reply_is_found_again(platform: Platform) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": "hello?"})
    assert question is not None
    before = platform.messenger.find_reply(question)
    receipt = platform.messenger.acknowledge(question)
    platform.messenger.deliver(receipt, Answer("m1", "m1", "answered", "Reply.", "en"))

    assert before is None
    assert platform.messenger.find_reply(question) == receipt
