"""The server ends when it is told to, whenever that is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOLD_WHILE_IT_TAKES_UP_WHAT_IS_UNFINISHED = """
import os, signal, sys
from dataclasses import replace
from bot import settings
from workers import backing, server

class Sweeper:
    def sweep(self, older_than_s):
        os.kill(os.getpid(), getattr(signal, sys.argv[2]))

    def start(self):
        pass

    stop = start

server.open_backing = lambda settings: replace(backing.open_backing(settings), sweeper=Sweeper())
server.run(settings.load(home=sys.argv[1], http={"port": 0}), frozenset({"web"}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_signal_between_opening_and_serving_is_not_lost(tmp_path: Path, number: str) -> None:
    code = TOLD_WHILE_IT_TAKES_UP_WHAT_IS_UNFINISHED
    ended = subprocess.run(
        [sys.executable, "-c", code, tmp_path, number], cwd=ROOT, capture_output=True, check=False, timeout=60
    )

    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False)
