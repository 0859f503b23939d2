"""Copies of one payload: a queue that keeps what it has needs one that comes back, not as many as were told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Leases
    from bot.types import Question

_SHORTEST_S = 0.2
_SHARE = 0.8
"""The mark ends before its payload is back, which would take itself for another copy."""


def another_waits(leases: Leases, question: Question, delay_s: float) -> bool:
    """Tell whether a copy of the question's payload waits in the queue already for about as long, and mark this one.

    A platform tells a message again, the sweeper queues what was not touched for long, a worker's death hands a payload
    out once more: without this each copy comes back for as long as its question waits, and the copies take each
    other's turns. A copy that is wanted twice as soon stays. Should the marked one be lost, the sweeper finds the
    question. Raises `StoreUnavailableError`.
    """
    if delay_s < _SHORTEST_S:
        return False
    scale = math.frexp(delay_s)[1]
    return leases.acquire(f"again:{question.id}/{scale}", _SHARE * delay_s) is None
