"""How much is taken: a person's questions in a minute, and all questions together, with a polite word each."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.background import Background
from adapters.limits import Backlog, Limits
from bot.backends.sqlite import SqliteStore
from bot.errors import StoreUnavailableError
from bot.settings import Limits as Settings
from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FEW = Settings(questions_per_minute=3, waiting=100)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack, limits=FEW) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "q.db")) as found:
        yield found


@pytest.fixture
def background() -> Iterator[Background]:
    found = Background("test")
    yield found
    found.close()


def limits(store: SqliteStore, background: Background, window_s: float = 60.0) -> Limits:
    return Limits(store, Backlog(lambda: 0, 100, background), 3, window_s)


def test_one_over_the_limit_is_told_so_alone_in_the_thread_once_a_minute(desk: Reception) -> None:
    for number in range(3):
        desk.slack.mention(HELP, ALICE, f"why {number}?")
    desk.slack.settle()
    late = [desk.slack.mention(HELP, ALICE, f"why {number}?") for number in range(3, 6)]

    assert sorted(desk.asked) == ["why 0?", "why 1?", "why 2?"]
    told = until(lambda: desk.slack.whispers(ALICE), "the notice")
    desk.slack.settle()
    assert ["3 questions within a minute" in each.shown for each in told] == [True]
    assert told[0].thread_ts in late
    assert len(desk.slack.whispers(ALICE)) == 1


def test_one_person_does_not_use_up_what_others_may_ask(desk: Reception) -> None:
    for number in range(9):
        desk.slack.mention(HELP, ALICE, f"why {number}?")
    desk.slack.settle()
    desk.slack.mention(HELP, BOB, "为什么？")

    assert len([each for each in desk.asked if each.startswith("why")]) == 3
    assert "为什么？" in desk.asked


def test_a_message_counts_once_however_often_and_in_how_many_kinds_of_event_it_comes(desk: Reception) -> None:
    desk.slack.deliveries.copies = 4
    for number in range(3):
        desk.slack.mention(HELP, ALICE, f"why {number}?")
        desk.slack.settle()

    assert desk.asked == ["why 0?", "why 1?", "why 2?"]
    assert desk.slack.whispers(ALICE) == []


def test_a_chinese_asker_is_told_in_chinese(desk: Reception) -> None:
    for number in range(4):
        desk.slack.direct(BOB, f"为什么{number}？")

    assert "超过 3 个问题" in until(lambda: desk.slack.whispers(BOB), "the notice")[0].shown


def test_a_command_over_the_limit_is_told_so_in_its_response(desk: Reception) -> None:
    replies = [desk.slack.slash("/ask", f"why {number}?") for number in range(4)]

    assert [each.status for each in replies] == [200] * 4
    assert b"3 questions within a minute" in replies[3].body
    assert len(desk.asked) == 3


def test_while_too_much_waits_people_are_asked_to_come_back(desk: Reception) -> None:
    desk.waiting[0] = 100
    desk.slack.direct(ALICE, "first?")
    desk.slack.settle()

    def is_told() -> bool:
        desk.slack.direct(BOB, "更多？")
        desk.slack.settle()
        return bool(desk.slack.whispers(BOB))

    until(is_told, "the notice")
    assert "排队" in desk.slack.whispers(BOB)[0].shown


def test_a_notice_that_slack_does_not_take_delays_nobody(desk: Reception) -> None:
    desk.slack.troubles.slow("chat.postEphemeral", 3.0)
    for number in range(4):
        desk.slack.direct(ALICE, f"why {number}?")
    desk.slack.settle()

    assert max(each.seconds for delivery in desk.slack.deliveries.log for each in delivery.attempts) < 2


def test_the_minute_slides(store: SqliteStore, background: Background) -> None:
    limit = limits(store, background, window_s=0.5)
    first = [limit.verdict(f"q{number}", "p") for number in range(4)]
    again = until(lambda: limit.verdict(f"q{time.monotonic()}", "p") == "taken", "a free seat", within_s=5)

    assert first == ["taken"] * 3 + ["limit"]
    assert again


def test_what_was_refused_stays_refused(store: SqliteStore, background: Background) -> None:
    limit = limits(store, background)
    for number in range(3):
        limit.verdict(f"q{number}", "p")

    assert [limit.verdict("q9", "p"), limit.verdict("q9", "p")] == ["limit", "refused"]


def test_processes_that_share_the_store_share_the_seats(store: SqliteStore, background: Background) -> None:
    one, other = limits(store, background), limits(store, background)
    verdicts = [each.verdict(f"q{number}", "p") for number, each in enumerate([one, other, one, other, one])]

    assert verdicts == ["taken"] * 3 + ["limit"] * 2


def test_a_notice_is_due_once_a_minute(store: SqliteStore, background: Background) -> None:
    limit = limits(store, background)

    assert [limit.may_tell("p"), limit.may_tell("p"), limit.may_tell("another")] == [True, False, True]


def test_a_backlog_that_cannot_be_counted_stays_as_it_was(background: Background) -> None:
    def down() -> int:
        message = "down"
        raise StoreUnavailableError(message)

    backlog = Backlog(down, 2, background)
    backlog.add()
    backlog.refresh()

    assert (backlog.number, backlog.is_full) == (1, False)


def test_a_list_that_takes_long_to_count_is_counted_more_rarely(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.limits.COUNTED_S", 0.0)
    counted: list[float] = []

    def count() -> int:
        counted.append(time.monotonic())
        return threading.Event().wait(0.05) or len(counted)

    backlog = Backlog(count, 100, background)
    backlog.refresh()
    numbers = [backlog.number for _ in range(50)]
    background.close()

    assert numbers == [1] * 50
    assert len(counted) == 1
