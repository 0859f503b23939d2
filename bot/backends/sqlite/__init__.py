"""State in one SQLite file: the embedded store, ledger, leases and dead letters."""

from __future__ import annotations

from bot.backends.sqlite.leases import SqliteDeadLetters, SqliteLeases
from bot.backends.sqlite.ledger import SqliteLedger
from bot.backends.sqlite.store import SqliteStore

__all__ = ["SqliteDeadLetters", "SqliteLeases", "SqliteLedger", "SqliteStore"]
