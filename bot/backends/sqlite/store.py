"""The embedded store: small values by key, in a SQLite table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.backends.sqlite.database import Database

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS store (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS expiring ON store (expires) WHERE expires IS NOT NULL",
)


_DROPS_S = 1.0
"""`put` looks for what has expired no more often than this."""


class SqliteStore:
    """A `Store` in a SQLite file in WAL mode; `put` drops what has expired.

    A power cut may lose what was put in the moment before: answers are made again, and what stands on a platform is
    looked for there. The ledger's entries are durable.
    """

    def __init__(self, file: Path) -> None:
        """Open or create the file. Raises `StoreUnavailableError`."""
        self._database = Database(file, _SCHEMA, durable=False)
        self._dropped_at = -_DROPS_S

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when there is none or its time is over."""
        rows = self._database.run("SELECT value, expires FROM store WHERE key = ?", (key,))
        if not rows or (rows[0][1] is not None and rows[0][1] <= time.time()):
            return None
        return bytes(rows[0][0])

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Set the value for `ttl_s` seconds, or for good when None."""
        if time.monotonic() - self._dropped_at >= _DROPS_S:
            self._dropped_at = time.monotonic()
            self._database.run("DELETE FROM store WHERE expires <= ?", (time.time(),))
        self._database.run("INSERT OR REPLACE INTO store VALUES (?, ?, ?)", (key, value, _expiry(ttl_s)))

    def add(self, key: str, value: bytes, ttl_s: float | None = None) -> bool:
        """Set the value only if the key is absent or expired, in one transaction; tell whether it was set."""
        statement = """INSERT INTO store VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE
            SET value = excluded.value, expires = excluded.expires WHERE store.expires <= ?4 RETURNING 1"""
        return bool(self._database.run(statement, (key, value, _expiry(ttl_s), time.time())))

    def delete(self, key: str) -> None:
        """Forget the key; an unknown one is no error."""
        self._database.run("DELETE FROM store WHERE key = ? OR expires <= ?", (key, time.time()))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _expiry(ttl_s: float | None) -> float | None:
    return None if ttl_s is None else time.time() + ttl_s
