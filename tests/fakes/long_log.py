"""A log of ten thousand lines with three different errors, as a DBA sends it as a file."""

from __future__ import annotations

LINES = 10_000
ROOT, FOLLOWING, UNKNOWN = "ORA-01653", "ORA-00020", "ORA-29771"
"""The error that came first, one that came often after it, and one of which no document speaks."""

_TEXTS = {
    2_000: f"{ROOT}: unable to extend table APP.ORDERS by 128 in tablespace USERS",
    9_000: f"{UNKNOWN}: process USER (OSID 4711) blocks LGWR for 5 seconds",
}


def text(lines: int = LINES) -> str:
    """Return the log; the second error stands in every tenth line of its second half."""
    return "\n".join(_line(number) for number in range(lines))


def _line(number: int) -> str:
    stamp = f"2026-11-20 {10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
    if number in _TEXTS:
        return f"{stamp} ERROR {_TEXTS[number]}"
    if number > LINES // 2 and number % 10 == 0:
        return f"{stamp} ERROR {FOLLOWING}: maximum number of processes (1500) exceeded"
    return f"{stamp} INFO worker-{number % 7} batch {number} of partition {number % 31} was written in {number % 97} ms"
