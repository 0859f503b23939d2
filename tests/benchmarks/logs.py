"""Reads logs of 50 MB as streams in a process of their own: seconds, and the most memory it held."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rows import Bench, Row, at_most
from tests.fakes import hostile_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTES = 50
_BLOCK = 500


def stream(bench: Bench) -> list[Row]:
    """Read a usual log, one of which every line is an error of its own, one endless line, and bytes of no text.

    And lines that are made to keep a pattern busy, ten times as many of them.
    """
    bench.say("hostile lines")
    growth = {kind: _seconds(kind, 100) / _seconds(kind, 10) for kind in hostile_log.LINES}
    worst = max(growth, key=lambda kind: growth[kind])
    what = f"Ten times as many hostile lines, the worst of {len(growth)} kinds: times the time"
    return [
        *(row for name in MADE for row in _measured(name, bench)),
        at_most(what, 15, growth[worst], "times", worst),
    ]


def _seconds(kind: str, lines: int) -> float:
    """Return the processor time that a log of hostile lines takes, the best of three."""
    from bot.diagnosis.logs import reading

    text, best = hostile_log.text(kind, lines), float("inf")
    for _ in range(3):
        began = time.process_time()
        reading.of_text(text)
        best = min(best, time.process_time() - began)
    return best


def _measured(name: str, bench: Bench) -> list[Row]:
    size = MEGABYTES // 10 if bench.quick else MEGABYTES
    bench.say(f"{name}, {size} MB")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.logs", name, str(size)], capture_output=True, text=True, check=True
    )
    seconds, megabytes, lines, errors = map(float, done.stdout.split())
    what = f"A log of {size} MB, {name}"
    return [
        at_most(f"{what}: read", 20, seconds, "s", f"{lines:,.0f} lines, {errors:,.0f} distinct errors"),
        at_most(f"{what}: memory at most", 300, megabytes, "MB", "the whole process"),
    ]


def _usual(block: int) -> bytes:
    """Mostly quiet lines; one event in fifty is an error with a stack."""
    made = []
    for number in range(block * _BLOCK, (block + 1) * _BLOCK):
        head = f"2026-07-01 12:{number % 60:02d}:00,123 [worker-{number % 7}]"
        if number % 50:
            made.append(f"{head} INFO  com.example.Service{number % 20} - order {number} saved in {number % 99} ms\n")
            continue
        frames = "\tat com.example.Service.save(Service.java:12)\n" * 12
        cause = f"Caused by: java.sql.SQLException: ORA-01555: snapshot too old, segment {number}\n"
        made.append(f"{head} ERROR com.example.Service - failed to save {number}\njava.lang.RuntimeException: x\n")
        made += [frames, cause]
    return "".join(made).encode()


def _errors(block: int) -> bytes:
    """Every line is an error that no other line equals."""
    letters = "abcdefghijklmnop"
    made = []
    for number in range(block * _BLOCK, (block + 1) * _BLOCK):
        word = "".join(letters[number >> shift & 15] for shift in (0, 4, 8, 12, 16))
        head = f"2026-07-01 12:{number % 60:02d}:00,123 ERROR"
        made.append(
            f"{head} com.example.Service - cannot load {word} of {number}: ORA-{number % 90_000:05d} in {word}\n"
        )
    return "".join(made).encode()


def _endless(block: int) -> bytes:
    return f"error {block} of a record that never ends, ".encode() * _BLOCK


def _binary(block: int) -> bytes:
    return (bytes(range(256)) * _BLOCK)[block % 256 :]


MADE: dict[str, Callable[[int], bytes]] = {
    "one error in fifty lines": _usual,
    "every line an error of its own": _errors,
    "one line": _endless,
    "no text": _binary,
}


def _chunks(name: str, size: int) -> Iterator[bytes]:
    left, block = size, 0
    while left > 0:
        made = MADE[name](block)[:left]
        left -= len(made)
        block += 1
        yield made


def _main(name: str, size: int) -> None:
    """Write the log to a file first, so that making it is not timed; then read it as a stream."""
    import tempfile
    from functools import partial

    from bot.diagnosis.logs import reading

    with tempfile.TemporaryFile() as file:
        file.writelines(_chunks(name, size))
        file.seek(0)
        began = time.perf_counter()
        log = reading.of_bytes(iter(partial(file.read, 65_536), b""))
        seconds = time.perf_counter() - began
    # Not `ru_maxrss`, in which a process that started another one is counted with it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+)", status)
    megabytes = int(kilobytes) / 1024
    sys.stdout.write(f"{seconds} {megabytes} {log.lines} {log.errors}\n")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]) * 1_000_000)
