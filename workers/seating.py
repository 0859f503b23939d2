"""Seats: how many questions of one person are worked on at once, so that a busy person delays nobody else."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.conversation import leasing
from bot.errors import PostponedError
from bot.types import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Leases
    from bot.types import Platform, Question
    from workers.tries import Tries

KNOWN_PEOPLE: frozenset[Platform] = frozenset({"slack", "wecom"})
"""Platforms that say who somebody is; on the others all people may go by one name."""

_SHORTEST_S, _LONGEST_S = 0.5, 20.0


@contextmanager
def seat(leases: Leases, question: Question, tries: Tries) -> Iterator[None]:
    """Hold one of the asker's seats while the block runs.

    Raises `PostponedError` when all are taken: the longer a question has waited, the rarer it asks again, so that many
    that wait are no load.
    """
    if question.address.platform not in KNOWN_PEOPLE or question.task not in ANSWERED:
        yield
        return
    person = f"{question.address.platform}/{question.address.user}"
    with ExitStack() as stack:
        for number in range(tries.at_once):
            if stack.enter_context(leasing.hold(leases, f"seat:{person}/{number}", tries.lease_s)) is not None:
                break
        else:
            raise PostponedError(_pause_s(question), f"question {question.id} waits for others of its asker")
        yield


def _pause_s(question: Question) -> float:
    waited_s = max(0.0, time.time() - question.asked_at)
    pause = min(max(waited_s / 3, _SHORTEST_S), _LONGEST_S)
    return pause * random.uniform(0.5, 1.5)  # noqa: S311 - so that not all come back at the same time
