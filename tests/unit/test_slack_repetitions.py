"""Copies of a message that was heard a moment ago cost nothing, and what failed is heard again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from adapters.slack.receiving import repetitions
from adapters.slack.receiving.repetitions import Repetitions
from bot.errors import StoreUnavailableError
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.slack_reception import reception

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.quick


def test_a_mention_that_comes_in_two_events_four_times_each_is_queued_once(tmp_path: Path) -> None:
    with FakeSlack() as slack, reception(tmp_path, slack) as desk:
        slack.deliveries.copies = 4
        slack.mention(HELP, ALICE, "why?")
        slack.settle()

        assert [attempt.status for each in slack.deliveries.log for attempt in each.attempts] == [200] * 8
        assert [each.text for each in desk.queue.taken] == ["why?"]


def test_of_many_at_the_same_time_one_is_heard_and_the_others_wait_for_it() -> None:
    heard, ended = list[str](), threading.Event()
    once = Repetitions()
    both = threading.Barrier(4)

    def hear() -> str:
        heard.append("a")
        ended.wait(0.05)
        ended.set()
        return "now"

    def copy() -> tuple[str, bool]:
        both.wait()
        return once.once("a", hear, "before"), ended.is_set()

    with ThreadPoolExecutor(4) as pool:
        found = [done.result() for done in [pool.submit(copy) for _ in range(4)]]

    assert heard == ["a"]
    assert sorted(found) == [("before", True)] * 3 + [("now", True)]


def test_what_failed_is_heard_again() -> None:
    once = Repetitions()

    def fail() -> str:
        message = "down"
        raise StoreUnavailableError(message)

    with pytest.raises(StoreUnavailableError):
        once.once("a", fail, "before")

    assert once.once("a", lambda: "now", "before") == "now"


def test_what_comes_after_a_while_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repetitions, "REMEMBERED", 1)
    brief, few = Repetitions(kept_s=0.0), Repetitions()
    found = [brief.once("a", lambda: "now", "before") for _ in range(2)]
    found += [few.once(name, lambda: "now", "before") for name in ("a", "b", "a")]

    assert found == ["now"] * 5
