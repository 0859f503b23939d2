"""A worker that is asked to stop, and what its children wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from billiard import get_context, pool

from bot.settings import Working
from workers import celery_worker, crew

ROOT = Path(__file__).parents[2]
TOLD_BEFORE_IT_LISTENS = """
import os
import signal
import threading

from bot.settings import load
from workers import celery_worker, crew

begin = crew._consume

def slowly(*arguments):
    os.kill(os.getppid(), signal.SIGTERM)  # which passes it on at once
    threading.Event().wait(1)
    begin(*arguments)

crew._consume = slowly
celery_worker.consume = lambda *_: signal.pause()
working = crew.Crew(load(queue="redis://127.0.0.1:9/0", work={"grace_s": 3}), {"answer": 1})
with working.started():
    status = working.run()
print(status, working._signals, [process.exitcode for process in working._crew], flush=True)
os.kill(os.getpid(), signal.SIGINT)  # one more, by somebody impatient
os.kill(os.getpid(), signal.SIGTERM)
"""
LIMIT = "GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT"


@pytest.mark.parametrize(("read", "is_sure"), [(1, True), (0, False)])
def test_a_child_whose_results_nobody_reads_ends_before_its_worker_is_killed(
    monkeypatch: pytest.MonkeyPatch, read: int, *, is_sure: bool
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(pool, LIMIT, getattr(pool, LIMIT))  # so that it is set back
    monkeypatch.setattr(pool, "time", SimpleNamespace(sleep=naps.append))
    celery_worker.wait_no_longer()
    child = pool.Worker.__new__(pool.Worker)
    child.on_ready_counter = get_context("fork").Value("i", read)

    assert child._ensure_messages_consumed(completed=1) is is_sure
    assert sum(naps) == pytest.approx(0 if is_sure else celery_worker._HEARD_S)


def test_a_worker_has_ended_within_the_thirty_seconds_that_kubernetes_gives() -> None:
    grace_s = Working().grace_s

    assert grace_s > celery_worker._HEARD_S
    looks_s = crew._LOOK_S * (1 + len(crew.RETURN_S))
    assert grace_s + sum(crew.RETURN_S) + looks_s < 30


@pytest.mark.slow
def test_a_signal_before_a_worker_listens_ends_it_and_one_after_its_end_does_no_harm() -> None:
    run = subprocess.run(
        [sys.executable, "-c", TOLD_BEFORE_IT_LISTENS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (run.returncode, run.stdout.split()) == (0, ["0", "1", "[-15]"]), run.stderr
