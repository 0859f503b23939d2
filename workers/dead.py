"""Trying dead letters again, once a person has removed the cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import PayloadError
from workers.handler import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import DeadLetters, Ledger


@dataclass(frozen=True, slots=True)
class Replay:
    """How many questions are tried again, and how many letters are left because they hold no question."""

    again: int
    left: int


def drop_unreadable(dead: DeadLetters) -> int:
    """Forget the letters that hold no question, which nothing can try again; return how many.

    Raises the store's errors.
    """
    unreadable = [letter.payload for letter in dead.all() if not _is_question(letter.payload)]
    for payload in unreadable:
        dead.remove(payload)
    return len(unreadable)


def _is_question(payload: bytes) -> bool:
    try:
        decode(payload)
    except PayloadError:
        return False
    return True


def replay(dead: DeadLetters, ledger: Ledger, submit: Callable[[bytes], None]) -> Replay:
    """Open every dead question afresh and queue it; then its letter goes, so that a crash leaves it in one place.

    Raises the store's and the queue's errors; what was not replayed by then stays.
    """
    again = left = 0
    for letter in dead.all():
        try:
            question = decode(letter.payload)
        except PayloadError:
            left += 1
            continue
        if not ledger.open(question):  # its row is there, unless it is long past its lifetime
            ledger.advance(question.id, "open")
        submit(letter.payload)
        dead.remove(letter.payload)
        again += 1
    return Replay(again, left)
