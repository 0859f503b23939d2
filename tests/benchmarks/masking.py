"""Masks logs in which secrets of many kinds are left: how many are found, what else is lost, and how fast it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.diagnosis.masking import masked
from bot.settings import Masking
from tests.benchmarks.rows import Bench, Row, at_least, at_most
from tests.fakes import leaking

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = 5_000
POLICY = Masking(hosts=("corp.example",))


def bars(bench: Bench) -> list[Row]:
    """Mask 5,000 lines of which every second leaks, and time a longer log of the same lines."""
    log = leaking.lines(LINES, seed=2026)
    found = masked("\n".join(line.text for line in log), Masking()).split("\n")
    pairs = list(zip(log, found, strict=True))
    secrets = [(line.secret, text) for line, text in pairs if line.secret]
    beside = [leaking.changed(line, text) for line, text in pairs]
    recall = sum(secret not in text for secret, text in secrets) / len(secrets)
    harmed = sum(lost for _, lost in beside) / sum(tokens for tokens, _ in beside)
    size = 1_000_000 if bench.quick else 5_000_000
    what = f"masking, {len(leaking.KINDS)} kinds of secrets in {LINES:,} lines"
    return [
        at_least(f"{what}: recall", 0.995, recall),
        at_most(f"{what}: ordinary tokens masked", 0.005, harmed),
        at_least(
            "masking, every second line leaks, MB/s of one core",
            0.2,
            _rate([line.text for line in log], size),
            digits=2,
        ),
        at_least(
            "masking, no line leaks, MB/s of one core", 0.2, _rate([line.text for line in log[::2]], size), digits=2
        ),
    ]


def _rate(lines: Sequence[str], size: int) -> float:
    text = "\n".join(lines)
    text = (text * (size // len(text) + 1))[:size]
    start = time.thread_time()
    masked(text, POLICY)
    return len(text.encode()) / 1e6 / (time.thread_time() - start)
