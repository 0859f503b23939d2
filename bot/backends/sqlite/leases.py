"""Embedded leases and dead letters, in SQLite tables."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from bot.backends.sqlite.database import BUSY_S, Database
from bot.types import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LEASES = (
    "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, token TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID",
)
_DEAD = (
    """CREATE TABLE IF NOT EXISTS dead_letters (
        place INTEGER PRIMARY KEY, payload BLOB NOT NULL UNIQUE, reason TEXT NOT NULL, at REAL NOT NULL
    )""",
)
_ACQUIRE = """INSERT INTO leases VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE
    SET token = excluded.token, until = excluded.until
    WHERE leases.until <= ?4 OR leases.until > ?5 RETURNING 1"""


class SqliteLeases:
    """`Leases` in a SQLite file.

    No holder outlives a power cut, so that none is written durably. A lease that lasts more than ten times as long as a
    new one would was set before the clock went back, and is over.
    """

    def __init__(self, file: Path) -> None:
        """Open or create the file. Raises `StoreUnavailableError`."""
        self._database = Database(file, _LEASES, durable=False)

    def acquire(self, name: str, ttl_s: float) -> str | None:
        """Return a token if nobody holds the lease, otherwise None."""
        now, token = time.time(), uuid.uuid4().hex
        # Whoever waits for the file is overtaken by leases that end later than its own would.
        too_late = now + 10 * ttl_s + BUSY_S
        return token if self._database.run(_ACQUIRE, (name, token, now + ttl_s, now, too_late)) else None

    def extend(self, name: str, token: str, ttl_s: float) -> bool:
        """Hold it for `ttl_s` more seconds from now; False when the token holds it no longer."""
        statement = "UPDATE leases SET until = ? WHERE name = ? AND token = ? RETURNING 1"
        return bool(self._database.run(statement, (time.time() + ttl_s, name, token)))

    def release(self, name: str, token: str) -> None:
        """Let go; another's lease stays."""
        self._database.run("DELETE FROM leases WHERE name = ? AND token = ?", (name, token))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class SqliteDeadLetters:
    """`DeadLetters` in a SQLite file."""

    def __init__(self, file: Path) -> None:
        """Open or create the file. Raises `StoreUnavailableError`."""
        self._database = Database(file, _DEAD)

    def push(self, payload: bytes, reason: str) -> None:
        """Keep the payload once, with the newest reason."""
        statement = """INSERT INTO dead_letters (payload, reason, at) VALUES (?, ?, ?)
            ON CONFLICT (payload) DO UPDATE SET reason = excluded.reason, at = excluded.at"""
        self._database.run(statement, (payload, reason, time.time()))

    def all(self) -> Sequence[DeadLetter]:
        """List what is kept, oldest first."""
        rows = self._database.run("SELECT payload, reason, at FROM dead_letters ORDER BY at, place")
        return [DeadLetter(bytes(payload), reason, at) for payload, reason, at in rows]

    def remove(self, payload: bytes) -> None:
        """Forget the payload."""
        self._database.run("DELETE FROM dead_letters WHERE payload = ?", (payload,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
