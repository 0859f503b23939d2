"""All DeadLetters keep what nobody tries any more until a person looks."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.redis import RedisDeadLetters
from bot.backends.sqlite import SqliteDeadLetters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import DeadLetters


@pytest.fixture
def sqlite_letters(tmp_path: Path) -> Callable[[], DeadLetters]:
    return lambda: SqliteDeadLetters(tmp_path / "state.db")


@pytest.fixture
def redis_letters(redis_database: str) -> Callable[[], DeadLetters]:
    return lambda: RedisDeadLetters(redis_database)


@pytest.fixture(params=["sqlite_letters", "redis_letters"])
def open_letters(request: pytest.FixtureRequest) -> Iterator[Callable[[], DeadLetters]]:
    """Open one more handle on the same letters."""
    one_more: Callable[[], DeadLetters] = request.getfixturevalue(request.param)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(one_more()))


def test_letters_are_listed_oldest_first_by_any_process(open_letters: Callable[[], DeadLetters]) -> None:
    began = time.time()
    letters = open_letters()
    for payload in (b"one", b"\xff\x00two", b"three"):
        letters.push(payload, "why")
    found = open_letters().all()

    assert [letter.payload for letter in found] == [b"one", b"\xff\x00two", b"three"]
    assert all(began - 1 <= letter.at <= time.time() + 1 and letter.reason == "why" for letter in found)


def test_a_payload_is_kept_once_with_its_newest_reason(open_letters: Callable[[], DeadLetters]) -> None:
    letters = open_letters()
    letters.push(b"one", "first")
    letters.push(b"one", "second")

    assert [(letter.payload, letter.reason) for letter in letters.all()] == [(b"one", "second")]


def test_a_removed_letter_is_gone(open_letters: Callable[[], DeadLetters]) -> None:
    letters = open_letters()
    letters.push(b"one", "why")
    letters.push(b"two", "why")
    letters.remove(b"one")
    letters.remove(b"never there")

    assert [letter.payload for letter in letters.all()] == [b"two"]
