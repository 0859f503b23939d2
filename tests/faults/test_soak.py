"""Many questions while workers are killed at random: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.stack import Installation, Stack

FULL = os.environ.get("QUORUM_FULL") == "1"
QUESTIONS = 2_000 if FULL else 100
KILLS = 10_000 if FULL else 4
WITHIN_S = 3_600.0 if FULL else 120.0
EVERY_S = 5.0 if FULL else 2.0
MODEL_S = 0.2
STALE_S = "20"
"""In life it is longer than questions wait in a busy queue; else each worker that starts queues all of them again."""


@contextmanager
def killing(stack: Stack) -> Iterator[list[int]]:
    """Kill one worker every few seconds, at random, while the block runs, `KILLS` in all; yield which ones."""
    over, killed = threading.Event(), list[int]()
    draw = random.Random(4)  # noqa: S311 - which worker, not a secret

    def kill() -> None:
        while not over.wait(EVERY_S) and len(killed) < KILLS:
            killed.append(draw.randrange(len(stack.workers)))
            stack.workers[killed[-1]].kill()

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.timeout(WITHIN_S + 300)
def test_workers_that_are_killed_every_few_seconds_lose_and_double_nothing(engines: Installation) -> None:
    asked = messages(QUESTIONS)
    with engines.running(delay_s=MODEL_S, QUORUM_SWEEPER__STALE_AFTER_S=STALE_S) as stack:
        with killing(stack) as killed, stack.asked(asked, pace_s=0.05) as asker:
            stack.reached(QUESTIONS * 9 // 10, WITHIN_S)
        tally = stack.tally(asker)
        stack.report(f"soak: a worker killed every {EVERY_S:g} s", tally, killed=len(killed))

    assert len(killed) >= 2
    assert tally.whole
    assert tally.sent == QUESTIONS
