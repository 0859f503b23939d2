"""The ledger that hosts share: one row a message, in Redis hashes; every change is one atomic script."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from bot.backends.redis import health
from bot.backends.redis.connecting import Connection
from bot.backends.redis.keys import LANE, PLACES, RETENTION_S, ROW, UNFINISHED
from bot.errors import PayloadError
from bot.types import FINISHED, Entry, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.types import State

log = logging.getLogger(__name__)

_QUESTION = TypeAdapter(Question)
_RECEIPT = TypeAdapter(Receipt)
_FIELDS = ("question", "state", "receipt", "updated", "attempts", "due", "deaths", "place")
_BATCH = 500
"""Rows that are read in one round trip: half a megabyte at a kilobyte each."""

_Row = list[Any]


class RedisLedger:
    """A `Ledger` in Redis. All hosts share Redis's clock, so that theirs may differ.

    Each change carries a mark of its caller, which the row remembers: after a lost reply it is sent once more, and a
    change that arrived the first time is not made twice.
    """

    def __init__(self, url: str) -> None:
        """Read the URL. Raises `ConfigurationError`; a server that is down is found at the first call."""
        self._connection = Connection(url)
        self._client = self._connection.client
        self._open = self._connection.script("open")
        self._advance = self._connection.script("advance")
        self._next = self._connection.script("next")
        self._unfinished = self._connection.script("unfinished")

    def open(self, question: Question) -> bool:
        """Claim the message; True once ever for one id."""
        lane = LANE + question.address.lane
        keys = [ROW + question.id, lane, UNFINISHED, PLACES]
        values: list[str | bytes | float] = [
            question.id,
            _QUESTION.dump_json(question),
            secrets.token_bytes(8),
            RETENTION_S,
        ]
        return bool(self._connection.call(lambda: self._open(keys, values)))

    def advance(self, question_id: str, state: State, receipt: Receipt | None = None, due_in_s: float = 0.0) -> None:
        """Move the question to `state`; a stored receipt stays when None is given."""
        keys = [ROW + question_id, UNFINISHED, PLACES]
        stored = _RECEIPT.dump_json(receipt) if receipt else b""
        values: list[str | bytes | float] = [question_id, state, stored, due_in_s, secrets.token_bytes(8), RETENTION_S]
        values += sorted(FINISHED)
        self._connection.call(lambda: self._advance(keys, values))

    def find(self, question_id: str) -> Entry | None:
        """Return the row, or None."""
        row: _Row = self._connection.call(lambda: self._client.hmget(ROW + question_id, _FIELDS))
        return _entry(row)

    def next(self, lane: str) -> Entry | None:
        """Return the unfinished question of a conversation that was opened first, or None."""
        row = self._connection.call(lambda: self._next([LANE + lane], [ROW, *_FIELDS]))
        return _entry(row) if row else None

    def unfinished(self, older_than_s: float) -> Sequence[Entry]:
        """List stale questions that are due, oldest first."""
        ids = self._connection.call(lambda: self._unfinished([UNFINISHED], [ROW, older_than_s]))
        rows = [row for at in range(0, len(ids), _BATCH) for row in self._rows(ids[at : at + _BATCH])]
        rows.sort(key=lambda row: int(row[-1] or 0))
        return [entry for entry in _readable(rows) if entry.state not in FINISHED]

    def warnings(self) -> Sequence[str]:
        """Say what is unwise about this Redis; `ConfigurationError` for a version or a cluster that cannot work."""
        return health.examine(self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _rows(self, ids: list[bytes]) -> list[_Row]:
        def read() -> list[_Row]:
            with self._client.pipeline(transaction=False) as pipeline:
                for id_ in ids:
                    pipeline.hmget(ROW + id_.decode(), _FIELDS)
                return pipeline.execute()

        return self._connection.call(read)


def _readable(rows: Iterable[_Row]) -> Iterator[Entry]:
    for row in rows:
        try:
            if entry := _entry(row):
                yield entry
        except PayloadError as exc:
            log.warning("%s", exc)


def _entry(row: _Row) -> Entry | None:
    question, state, receipt, updated, attempts, due, deaths, place = row
    if question is None or state is None:
        return None
    try:
        read, stored = _QUESTION.validate_json(question), _RECEIPT.validate_json(receipt) if receipt else None
    except ValidationError:  # whose text holds the question's
        message = (
            f"Question {int(place)} of the ledger was written by another version of Quorum. Run one version everywhere."
        )
        raise PayloadError(message) from None
    return Entry(read, state.decode(), stored, float(updated), int(attempts), float(due), int(deaths or 0))
