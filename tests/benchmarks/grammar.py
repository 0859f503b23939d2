"""Reads codes out of logs of 20 MB on one core, and out of strings made to keep a pattern busy."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from bot.diagnosis import codes
from tests.benchmarks.rows import Bench, Row, at_least

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET = (
    (
        "2024-05-01 12:00:{0:02d}.123 [worker-{0}] INFO  c.example.orders.OrderService - order {1} of {2} saved"
        " in {0} ms, request {1:08x}-1234-4cde-9a01-0123456789ab"
    ),
    '10.0.{0}.17 - - [01/May/2024:12:00:{0:02d} +0800] "GET /api/v1/orders?id={1} HTTP/1.1" 200 {2} "-" "curl/8.4"',
    "2024-05-01 12:00:{0:02d}.123 CST [{2}] LOG:  checkpoint complete: wrote {2} buffers (7.5%); write={0}.345 s",
    "May  1 12:00:{0:02d} db01 kernel: [{1}.678901] device eth{0} entered promiscuous mode",
    "2024-05-01 12:00:{0:02d} 数据库主库切换完成,用时 {0} 秒,影响订单 {1} 条,请值班同学确认应用连接池是否恢复正常",
)
FAILING = (
    "ORA-{2:05d}: snapshot too old: rollback segment number {0} with name _SYSSMU{0} too small",
    "2024-05-01T12:00:{0:02d}.123456Z {0} [ERROR] [MY-01{2:04d}] [Server] Aborted connection {1} to db: 'shop'",
    "2024-05-01 12:00:{0:02d}.123 CST [{2}] ERROR:  40P01: deadlock detected at character {0}",
    "ERROR {2:04d} (HY000) at line {0}: Lock wait timeout exceeded; try restarting transaction",
    "[2024-05-01 12:00:{0:02d}.12] WDIAG [SERVER] stmt_query (obmp_query.cpp:1075) [{1}] fail(ret=-{2:04d})",
)
DISTINCT = 300
"""Numbers that a log has; the errors of a real one repeat."""

HOSTILE = ("error ", "A_", "a-111", "ORA-0", "sqlstate[hy000]: ", "[sql server](", "-1", "错误 ", "dm8 ")


def speed(bench: Bench) -> list[Row]:
    """Read a log in which one line of twenty fails, one in which each does, and hostile strings."""
    size = 2_000_000 if bench.quick else 20_000_000
    mixed, failing = (_log(size, share) for share in (0.05, 1.0))
    hostile = min(_rate(piece * (size // 20 // len(piece))) for piece in HOSTILE)
    return [
        at_least("codes, a log, one line of 20 with an error, MB/s of one core", 20, _rate(mixed), digits=1),
        at_least("codes, a log of nothing but errors, MB/s of one core", 20, _rate(failing), digits=1),
        at_least("codes, the worst of the hostile strings, MB/s of one core", 1, hostile, digits=1),
    ]


def _log(size: int, failing: float) -> str:
    made = random.Random(7)  # noqa: S311 - the same log again, nothing secret
    numbers = [made.randrange(1000, 9999) for _ in range(DISTINCT)]
    lines: list[str] = []
    length = 0
    while length < size:
        frames: Sequence[str] = FAILING if made.random() < failing else QUIET
        line = made.choice(frames).format(made.randrange(60), made.randrange(10**9), made.choice(numbers))
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines)


def _rate(text: str) -> float:
    """Return megabytes of UTF-8 read a second of processor time, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.thread_time()
        codes.extract(text)
        best = min(best, time.thread_time() - start)
    return len(text.encode()) / 1e6 / best
