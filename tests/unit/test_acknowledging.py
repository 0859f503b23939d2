"""Whoever acknowledges a question, it is acknowledged once, also after a crash or a lost reply."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases, SqliteStore
from bot.conversation.acknowledging import AcknowledgingOnce
from bot.errors import MessengerBusyError, MessengerUnavailableError
from bot.types import Receipt
from tests.fakes.desk import QUESTION
from tests.fakes.postbox import Postbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Question


class Looking(Postbox):
    """Counts how often the platform is asked for our own message."""

    looked = 0

    def find_reply(self, question: Question) -> Receipt | None:
        self.looked += 1
        return super().find_reply(question)


@pytest.fixture
def box() -> Looking:
    return Looking()


@pytest.fixture
def once(tmp_path: Path, box: Looking) -> Iterator[AcknowledgingOnce]:
    file = tmp_path / "q.db"
    with closing(SqliteStore(file)) as store, closing(SqliteLeases(file)) as leases:
        yield AcknowledgingOnce(box, store, leases)


def test_a_new_question_is_acknowledged_without_asking_the_platform(once: AcknowledgingOnce, box: Looking) -> None:
    found = once.find_reply(QUESTION)
    receipt = once.acknowledge(QUESTION)

    assert (found, receipt) == (None, Receipt("web", "q-1"))
    assert (box.posts, box.looked) == (1, 0)


def test_the_receipt_is_known_to_whoever_asks_next(once: AcknowledgingOnce, box: Looking) -> None:
    receipt = once.acknowledge(QUESTION)

    assert once.find_reply(QUESTION) == receipt
    assert once.acknowledge(QUESTION) == receipt
    assert (box.posts, box.looked) == (1, 0)


def test_many_at_once_post_once(once: AcknowledgingOnce, box: Looking) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: once.acknowledge(QUESTION), range(8)))

    assert receipts == {Receipt("web", "q-1")}
    assert box.posts == 1


def test_after_a_lost_reply_our_own_message_is_looked_for(once: AcknowledgingOnce, box: Looking) -> None:
    box.errors["acknowledged"] = [MessengerUnavailableError("reset")]
    with pytest.raises(MessengerUnavailableError):
        once.acknowledge(QUESTION)

    assert once.acknowledge(QUESTION) == Receipt("web", "q-1")
    assert (box.posts, box.looked) == (1, 1)


def test_what_never_arrived_is_posted_after_looking(once: AcknowledgingOnce, box: Looking) -> None:
    box.errors["acknowledge"] = [MessengerUnavailableError("down")]
    with pytest.raises(MessengerUnavailableError):
        once.acknowledge(QUESTION)
    once.acknowledge(QUESTION)

    assert (box.posts, box.looked) == (1, 1)


def test_a_platform_that_took_nothing_is_not_asked_what_it_has(once: AcknowledgingOnce, box: Looking) -> None:
    box.errors["acknowledge"] = [MessengerBusyError("slow down", 1.0)]
    with pytest.raises(MessengerBusyError):
        once.acknowledge(QUESTION)
    once.acknowledge(QUESTION)

    assert (box.posts, box.looked) == (1, 0)


def test_an_edited_question_has_the_reply_of_its_first_version(once: AcknowledgingOnce, box: Looking) -> None:
    receipt = once.acknowledge(QUESTION)
    edited = replace(QUESTION, id="q-1-e2", replaces="q-1")

    assert once.find_reply(edited) == receipt
    assert once.acknowledge(edited) == receipt
    assert box.posts == 1
