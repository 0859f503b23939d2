"""State in one SQLite file: the embedded store and the embedded ledger, shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bot.errors import StorageFullError, StoreUnavailableError
from bot.types import Entry, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.types import State

_BUSY_S = 10.0
_QUESTION = TypeAdapter(Question)
_RECEIPT = TypeAdapter(Receipt)
_STORE = "CREATE TABLE IF NOT EXISTS store (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID"
_LEDGER = """CREATE TABLE IF NOT EXISTS ledger (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, state TEXT NOT NULL, receipt TEXT, updated REAL NOT NULL
) WITHOUT ROWID"""
_LEDGER_OPEN = "INSERT OR IGNORE INTO ledger VALUES (?, ?, 'open', NULL, ?)"
_LEDGER_ADVANCE = "UPDATE ledger SET state = ?, receipt = coalesce(?, receipt), updated = ? WHERE id = ?"
_LEDGER_FIND = "SELECT question, state, receipt, updated FROM ledger WHERE id = ?"
_LEDGER_UNFINISHED = """SELECT question, state, receipt, updated FROM ledger
    WHERE state NOT IN ('delivered', 'failed', 'cancelled') AND updated <= ? ORDER BY updated, id"""


class SqliteStore:
    """A `Store` in a SQLite file in WAL mode; expired values are dropped as they are met."""

    def __init__(self, file: Path) -> None:
        """Open or create the file. Raises `StoreUnavailableError`."""
        self._database = _Database(file, _STORE)

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when there is none or its time is over."""
        rows = self._database.run("SELECT value, expires FROM store WHERE key = ?", (key,))
        if not rows or (rows[0][1] is not None and rows[0][1] <= time.time()):
            return None
        return bytes(rows[0][0])

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Set the value for `ttl_s` seconds, or for good when None."""
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


class SqliteLedger:
    """A `Ledger` in a SQLite file; a row survives any crash once `open` has returned."""

    def __init__(self, file: Path) -> None:
        """Open or create the file. Raises `StoreUnavailableError`."""
        self._database = _Database(file, _LEDGER)

    def open(self, question: Question) -> bool:
        """Claim the message; True once ever for one id."""
        row = (question.id, _QUESTION.dump_json(question).decode(), time.time())
        return bool(self._database.run(_LEDGER_OPEN + " RETURNING 1", row))

    def advance(self, question_id: str, state: State, receipt: Receipt | None = None) -> None:
        """Move the question to `state`; a stored receipt stays when None is given."""
        stored = _RECEIPT.dump_json(receipt).decode() if receipt else None
        self._database.run(_LEDGER_ADVANCE, (state, stored, time.time(), question_id))

    def find(self, question_id: str) -> Entry | None:
        """Return the row, or None."""
        rows = self._database.run(_LEDGER_FIND, (question_id,))
        return _entry(rows[0]) if rows else None

    def unfinished(self, older_than_s: float) -> Sequence[Entry]:
        """List questions not delivered, failed or cancelled, oldest first."""
        return [_entry(row) for row in self._database.run(_LEDGER_UNFINISHED, (time.time() - older_than_s,))]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class _Database:
    """One connection behind a lock: SQLite serialises writers anyway, and WAL lets other processes read."""

    def __init__(self, file: Path, schema: str) -> None:
        self._file = file
        self._lock = threading.Lock()
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self.run("PRAGMA journal_mode = WAL")
            self.run("PRAGMA synchronous = FULL")
            self.run(schema)
        except (StoreUnavailableError, StorageFullError):
            self._connection.close()
            raise

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, self._errors():
            return self._connection.execute(statement, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            if getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                message = f"The disk of {str(self._file)!r} is full. Free some space and run the command again."
                raise StorageFullError(message) from exc
            message = f"The state file {str(self._file)!r} cannot be used: {exc}. Check its permissions and its disk."
            raise StoreUnavailableError(message) from exc
        except OSError as exc:
            message = f"The folder of {str(self._file)!r} cannot be made: {exc}. Set QUORUM_HOME to a writable folder."
            raise StoreUnavailableError(message) from exc


def _expiry(ttl_s: float | None) -> float | None:
    return None if ttl_s is None else time.time() + ttl_s


def _entry(row: tuple[Any, ...]) -> Entry:
    receipt = _RECEIPT.validate_json(row[2]) if row[2] else None
    return Entry(question=_QUESTION.validate_json(row[0]), state=row[1], receipt=receipt, updated_at=row[3])
