"""A process that lives long judges by the profile that is stored now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteStore
from bot.retrieval import profile
from bot.retrieval.evidence import Profile
from bot.retrieval.judging import EVERY_S, StoredJudge
from tests.fakes.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "lance:///made"


class Clock:
    """Tells what a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "q.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def judge(store: SqliteStore, clock: Clock) -> StoredJudge:
    return StoredJudge(store, URL, 0.5, clock)


def evidence(judge: StoredJudge) -> float:
    return judge(Shelf({"post.md": "Parcels wait in the post room."}).ask("Where do parcels wait?")).evidence


def test_a_new_profile_is_judged_by_after_a_few_seconds(store: SqliteStore, judge: StoredJudge, clock: Clock) -> None:
    shipped = evidence(judge)
    profile.save(store, URL, Profile(bias=-30.0, generation=2))
    at_once = evidence(judge)
    clock.now += EVERY_S

    assert at_once == shipped
    assert evidence(judge) < shipped


def test_a_new_profile_has_another_version(store: SqliteStore, judge: StoredJudge, clock: Clock) -> None:
    before = judge.version()
    profile.save(store, URL, Profile(calibrated=True))
    clock.now += EVERY_S

    assert judge.version() != before


def test_the_store_is_asked_once_in_that_time(store: SqliteStore, judge: StoredJudge, clock: Clock) -> None:
    clock.now += EVERY_S
    judge.version()
    profile.save(store, URL, Profile(bias=-30.0))
    before = judge.version()
    clock.now += EVERY_S / 2

    assert judge.version() == before


def test_a_store_that_is_down_leaves_the_known_profile(store: SqliteStore, judge: StoredJudge, clock: Clock) -> None:
    before = evidence(judge)
    store.close()
    clock.now += EVERY_S

    assert evidence(judge) == before
