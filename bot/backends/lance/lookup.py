"""Looks many values up in an SQLite table: a statement takes only so many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_AT_ONCE = 500


def looked_up(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> dict[Any, Any]:
    """Return what a statement of two columns finds, the second by the first; `{}` in it stands for the values."""
    found: dict[Any, Any] = {}
    for start in range(0, len(values), _AT_ONCE):
        part = values[start : start + _AT_ONCE]
        found.update(connection.execute(statement.format(",".join("?" * len(part))), part))
    return found
