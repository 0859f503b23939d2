"""Every Messenger reads questions and shows one reply for one receipt."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from adapters.console.messenger import ConsoleMessenger
from bot.types import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Messenger


class Console:
    """The console with what a person sees on it."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.messenger: Messenger = ConsoleMessenger(self._stream)

    def shown(self) -> str:
        return self._stream.getvalue()


@pytest.fixture(params=[Console])
def platform(request: pytest.FixtureRequest) -> Console:
    kind: Callable[[], Console] = request.param
    return kind()


def test_a_message_becomes_a_question_in_its_own_language(platform: Console) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": " 打印机卡纸了怎么办？ "})

    assert question is not None
    assert (question.id, question.text, question.language) == ("m1", "打印机卡纸了怎么办？", "zh")


def test_a_message_without_text_is_not_for_us(platform: Console) -> None:
    assert platform.messenger.to_question({"id": "m1", "text": "  \n"}) is None


def test_delivering_twice_with_one_receipt_shows_one_reply(platform: Console) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": "hello?"})
    assert question is not None
    receipt = platform.messenger.acknowledge(question)
    answer = Answer("m1", "m1", "answered", "The only reply.", "en")
    platform.messenger.deliver(receipt, answer)
    platform.messenger.deliver(receipt, answer)

    assert platform.shown().count("The only reply.") == 1


def test_our_own_reply_is_found_again(platform: Console) -> None:
    question = platform.messenger.to_question({"id": "m1", "text": "hello?"})
    assert question is not None
    before = platform.messenger.find_reply(question)
    receipt = platform.messenger.acknowledge(question)
    platform.messenger.deliver(receipt, Answer("m1", "m1", "answered", "Reply.", "en"))

    assert before is None
    assert platform.messenger.find_reply(question) == receipt
