"""The state of the AI bot's streams in the store: who may end them, what was shown, the outbox, and the quota."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.receiving import quota as quotas
from adapters.wecom.receiving.quota import Quota
from adapters.wecom.streams.book import LATER, StreamBook, total, under
from adapters.wecom.streams.outbox import Outbox, OutboxReader
from adapters.wecom.streams.places import Final, Place, stream_of
from adapters.wecom.streams.showing import Showing
from bot.backends.sqlite import SqliteStore
from bot.types import Address, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARD = {"card_type": "button_interaction"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "q.db")) as store:
        yield store


@pytest.fixture
def book(store: SqliteStore) -> StreamBook:
    return StreamBook(store)


def place(link: str = "", at: float = 0.0) -> Place:
    who, now = "zhangsan", at or time.time()
    return Place("wecom-bot-1", "socket", "single", who, who, "zh", now, request=f"r{link}", link=link)


def question(name: str) -> Question:
    return Question(name, "?", Address("wecom", "bot:zhangsan", "zhangsan"), "zh", 0.0)


def test_the_stream_of_a_message_is_the_same_every_time_and_no_others() -> None:
    assert stream_of(question("wecom-bot-1")) == stream_of(question("wecom-bot-1"))
    assert stream_of(question("wecom-bot-1")) != stream_of(question("wecom-bot-2"))


def test_a_stream_keeps_its_place_unless_it_is_asked_for_on_another_connection(book: StreamBook) -> None:
    first = book.open("s", place("a", at=1.0))

    assert book.open("s", place("a", at=2.0)) == first
    assert book.open("s", place("b", at=3.0)) == place("b", at=1.0)


def test_a_stream_ends_in_one_way(book: StreamBook) -> None:
    assert book.end("s", "digest") == "digest"
    assert book.end("s", LATER) == "digest"


def test_the_same_last_words_are_done_with_once_people_have_seen_them_and_others_are_not(book: StreamBook) -> None:
    final = Final(("答",), CARD)
    book.open("s", place())

    assert book.finish("s", final)
    book.show("s", final, total(final))
    assert not book.finish("s", final)
    assert book.finish("s", Final(("另一个",)))


def test_a_card_stands_under_the_only_content_and_follows_several() -> None:
    assert (under(Final(("a",), CARD)), under(Final(("a",))), under(Final(("a", "b"), CARD))) == (2, 1, 1)


def test_a_stream_that_a_poll_is_ending_counts_as_shown(book: StreamBook) -> None:
    final = Final(("答",))
    book.open("s", place())
    book.finish("s", final)
    book.end("s", final.digest)

    look = book.look("s")
    assert look
    assert look.shown == total(final)


def test_what_was_tried_is_known_to_whoever_is_next_until_it_was_shown(book: StreamBook) -> None:
    final = Final(("一", "二"))
    book.open("s", place())
    book.finish("s", final)
    book.begin("s", final, 0)
    tried = book.look("s")
    book.show("s", final, 1)
    shown = book.look("s")

    assert tried
    assert tried.tried
    assert shown
    assert not shown.tried


def test_a_poll_of_a_stream_that_is_open_for_too_long_ends_it_for_good(book: StreamBook) -> None:
    book.open("s", place(at=time.time() - 331))
    showing = Showing(book, 330.0)
    first = showing.polled("s")
    book.finish("s", Final(("答",)))

    assert first
    assert first["stream"]["finish"]
    assert showing.polled("s") == first


def test_the_outbox_is_read_in_order_from_what_was_not_done_with(store: SqliteStore) -> None:
    outbox, reader = Outbox(store), OutboxReader(store)
    for name in "abc":
        outbox.append(name)
    assert [reader.next() for _ in range(4)] == [(1, "a"), (2, "b"), (3, "c"), None]
    reader.done(1, 3)

    later = OutboxReader(store)
    assert [later.next() for _ in range(3)] == [(2, "b"), (3, "c"), None]
    later.done(2, 3)
    outbox.append("d")
    assert OutboxReader(store).next() == (4, "d")


def test_nothing_is_lost_where_many_write_to_the_outbox_at_once(store: SqliteStore) -> None:
    outbox = Outbox(store)
    threads = [threading.Thread(target=outbox.append, args=(f"s{number}",)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    reader = OutboxReader(store)
    found = [each for each in (reader.next() for _ in range(25)) if each]
    assert sorted(name for _, name in found) == sorted(f"s{number}" for number in range(24))
    assert [number for number, _ in found] == list(range(1, 25))


def test_entries_whose_time_is_over_do_not_hold_up_the_rest(store: SqliteStore) -> None:
    outbox = Outbox(store)
    for name in "abc":
        outbox.append(name)
    store.delete("wecom-outbox:1")
    store.delete("wecom-outbox:2")

    assert OutboxReader(store).next() == (3, "c")


def test_a_minute_has_thirty_frames_and_progress_leaves_some_for_answers(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(quotas.time, "time", lambda: now)
    quota = Quota(store)
    quota.load("c")
    for _ in range(quotas.A_MINUTE - quotas.PROGRESS):
        quota.take("c")
    assert quota.wait_s("c", quotas.PROGRESS) == 61.0
    assert quota.wait_s("c") == 0.0
    for _ in range(quotas.PROGRESS):
        quota.take("c")
    assert quota.wait_s("c") == 61.0
    quota.save("c")

    another = Quota(store)
    another.load("c")
    assert another.wait_s("c") == 61.0
    now += 61.5
    assert another.wait_s("c") == 0.0


def test_an_hour_has_a_thousand_frames(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(quotas.time, "time", lambda: now)
    quota = Quota(store)
    quota.load("c")
    for _ in range(quotas.AN_HOUR):
        quota.take("c")
        now += 3.0

    assert quota.wait_s("c") > 500.0
