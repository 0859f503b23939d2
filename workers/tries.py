"""How often and when a question is tried again; the ledger counts, so that a crash counts like an error."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import MessengerBusyError

if TYPE_CHECKING:
    from bot.types import Entry

_FIRST_S = 1.0
_LONGEST_S = 30.0
_SLACK_S = 0.25
"""Clocks of two hosts differ a little; a question that is due within this is due."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The limits of `QUORUM_WORK__…`; `lease_s` is how long a dead worker keeps its conversation.

    After `turn_s` a worker gives a conversation back to the queue, between two questions: others have their turn, and
    no task lasts longer because of how many questions a conversation has. Of one person's questions `at_once` are
    worked on at the same time.
    """

    attempts: int = 8
    crashes: int = 3
    lease_s: float = 15.0
    turn_s: float = 10.0
    at_once: int = 2

    def exhausted(self, entry: Entry) -> bool:
        """Tell whether nothing more is tried: too many attempts, or too many that ended with the worker's death."""
        return entry.attempts >= self.attempts or _deaths(entry) >= self.crashes

    def suspect(self, entry: Entry) -> bool:
        """Tell whether one more death would end the matter."""
        return _deaths(entry) == self.crashes - 1 > 0

    def last(self, entry: Entry) -> bool:
        """Tell whether the attempt that begins now is the last one."""
        return entry.attempts + 1 >= self.attempts

    def pause_s(self, entry: Entry) -> float:
        """Return how long to wait after the attempt that began with this entry: 1, 2, 4 … 30 seconds."""
        return float(min(2.0 ** min(entry.attempts, 10), _LONGEST_S))


def platform_pause_s(entry: Entry, error: Exception) -> float:
    """Return how long to leave a platform alone that is down or busy, in seconds.

    One that is down is asked more and more rarely, for as long as the ledger keeps the question, since only the
    platform can show its asker anything. One that named a time is asked then; who has waited longest comes first, or
    new questions would use up what little it allows.
    """
    age_s = max(0.0, time.time() - entry.question.asked_at)
    wanted_s = getattr(error, "delay_s", _FIRST_S)
    if isinstance(error, MessengerBusyError) and error.is_asked:
        return float(min(wanted_s + _FIRST_S / (1.0 + age_s), _LONGEST_S))
    return float(min(max(wanted_s, age_s / 4), _LONGEST_S))


def _deaths(entry: Entry) -> int:
    return entry.deaths + (entry.state in {"working", "acknowledged"})


def waits_s(entry: Entry) -> float:
    """Return in how many seconds the question is due, 0 if it is.

    A time further off than any pause was written before the clock was set back, and counts as now.
    """
    rest = entry.due_at - time.time()
    return rest if _SLACK_S < rest <= 2 * _LONGEST_S else 0.0
