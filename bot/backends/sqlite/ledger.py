"""The embedded ledger: one row a message, in a SQLite table."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from bot.backends.sqlite.database import Database
from bot.errors import PayloadError
from bot.types import FINISHED, Entry, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bot.types import State

log = logging.getLogger(__name__)

_RETENTION_S = 30 * 86_400
"""Platforms deliver a message again for hours at most; finished rows are dropped after 30 days."""

_QUESTION = TypeAdapter(Question)
_RECEIPT = TypeAdapter(Receipt)
_FINISHED = ", ".join(f"'{state}'" for state in sorted(FINISHED))
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS questions (
        place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, question TEXT NOT NULL,
        state TEXT NOT NULL, receipt TEXT, updated REAL NOT NULL, attempts INTEGER NOT NULL, due REAL NOT NULL,
        deaths INTEGER NOT NULL
    )""",
    f"CREATE INDEX IF NOT EXISTS waiting ON questions (lane, place) WHERE state NOT IN ({_FINISHED})",
)
_READ = "SELECT place, question, state, receipt, updated, attempts, due, deaths FROM questions"
_UNFINISHED = f"state NOT IN ({_FINISHED})"
_OPEN = """INSERT OR IGNORE INTO questions (id, lane, question, state, updated, attempts, due, deaths)
    VALUES (?, ?, ?, 'open', ?, 0, 0, 0) RETURNING 1"""
_ADVANCE = f"""UPDATE questions SET state = ?1, receipt = coalesce(?2, receipt), updated = ?3, due = ?4,
        attempts = CASE WHEN state = 'failed' THEN 0 WHEN ?1 = 'waiting' THEN max(attempts - 1, 0)
            ELSE attempts + (?1 = 'working') END,
        deaths = CASE WHEN state = 'failed' THEN 0
            ELSE deaths + (?1 = 'working' AND state IN ('working', 'acknowledged')) END
    WHERE id = ?5 AND ({_UNFINISHED} OR (state = 'failed' AND ?1 = 'open'))"""  # noqa: S608 - constants


class SqliteLedger:
    """A `Ledger` in a SQLite file; a row survives any crash once `open` has returned."""

    def __init__(self, file: Path) -> None:
        """Open or create the file and drop rows finished long ago. Raises `StoreUnavailableError`."""
        self._database = Database(file, _SCHEMA)
        statement = f"DELETE FROM questions WHERE updated < ? AND NOT ({_UNFINISHED})"  # noqa: S608 - constants
        self._database.run(statement, (time.time() - _RETENTION_S,))

    def open(self, question: Question) -> bool:
        """Claim the message; True once ever for one id."""
        row = (question.id, question.address.lane, _QUESTION.dump_json(question).decode(), time.time())
        return bool(self._database.run(_OPEN, row))

    def advance(self, question_id: str, state: State, receipt: Receipt | None = None, due_in_s: float = 0.0) -> None:
        """Move the question to `state`; a stored receipt stays when None is given."""
        stored = _RECEIPT.dump_json(receipt).decode() if receipt else None
        now = time.time()
        self._database.run(_ADVANCE, (state, stored, now, now + due_in_s if due_in_s else 0.0, question_id))

    def find(self, question_id: str) -> Entry | None:
        """Return the row, or None."""
        return self._one(f"{_READ} WHERE id = ?", question_id)

    def next(self, lane: str) -> Entry | None:
        """Return the unfinished question of a conversation that was opened first, or None."""
        return self._one(f"{_READ} WHERE lane = ? AND {_UNFINISHED} ORDER BY place LIMIT 1", lane)

    def unfinished(self, older_than_s: float) -> Sequence[Entry]:
        """List stale questions that are due, oldest first."""
        now = time.time()
        where = f"{_UNFINISHED} AND (updated > ?1 OR (updated <= ?2 AND due <= ?1))"
        rows = self._database.run(f"{_READ} WHERE {where} ORDER BY place", (now, now - older_than_s))
        return list(_readable(rows))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _one(self, statement: str, value: str) -> Entry | None:
        rows = self._database.run(statement, (value,))
        return _entry(rows[0]) if rows else None


def _readable(rows: Iterable[tuple[Any, ...]]) -> Iterator[Entry]:
    for row in rows:
        try:
            yield _entry(row)
        except PayloadError as exc:
            log.warning("%s", exc)


def _entry(row: tuple[Any, ...]) -> Entry:
    place, question, state, receipt, *rest = row
    try:
        stored = _RECEIPT.validate_json(receipt) if receipt else None
        return Entry(_QUESTION.validate_json(question), state, stored, *rest)
    except ValidationError:  # whose text holds the question's
        message = (
            f"Question {place} of the ledger was written by another version of Quorum. Run one version everywhere."
        )
        raise PayloadError(message) from None
