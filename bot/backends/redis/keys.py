"""How keys in Redis are named, and how long each lives; docs/operations.md shows the same table."""

from __future__ import annotations

RETENTION_S = 30 * 86_400
"""Platforms deliver a message again for hours at most; a question's row lives 30 days after its last change."""

FOR_GOOD_S = 3_650 * 86_400
"""Every key has a lifetime; ten years stand for a value that was stored for good."""

VALUE = "quorum:store:"
ROW = "quorum:ledger:"
LANE = "quorum:lane:"
LEASE = "quorum:lease:"
LETTER = "quorum:dead:"

UNFINISHED = "quorum:unfinished"
"""Sorted set: id of every unfinished question, by the time of its last change."""

PLACES = "quorum:places"
"""Counter: the place of the question that was opened last in the order of opening."""

DEAD = "quorum:dead"
"""Sorted set: digest of every dead letter, by the time when it was given up."""


def milliseconds(ttl_s: float | None) -> int:
    """Return a lifetime as Redis takes it, which knows no lifetime of nothing."""
    return max(1, round(min(FOR_GOOD_S if ttl_s is None else ttl_s, FOR_GOOD_S) * 1000))
