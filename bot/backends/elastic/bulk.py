"""Sends many changes at once: no larger than Elasticsearch likes, slower when it is busy, every rejection reported."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.backends.elastic.failures import item_reason, refusal
from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address

log = logging.getLogger(__name__)

CHUNKS = 500
BYTES = 5_000_000
"""What one request carries at most; larger ones gain nothing and hold up searches."""

BACKOFF_S = 0.5
_TRIES = 5
"""Tries after a rejection because of too much work: .5, 1, 2, 4 and 8 seconds later."""

_NAMED = 10
_BAD_REQUEST, _MISSING = 400, 404


class Rejection(NamedTuple):
    """Why one change was not made."""

    status: int
    reason: str


def send(client: Elasticsearch, index: str, actions: Iterable[dict[str, Any]]) -> dict[str, Rejection]:
    """Make the changes; return those that were rejected for good, by id. Deleting what is gone is no rejection."""
    from elasticsearch.helpers import streaming_bulk

    outcomes = streaming_bulk(
        client,
        actions,
        index=index,
        chunk_size=CHUNKS,
        max_chunk_bytes=BYTES,
        raise_on_error=False,
        yield_ok=False,
        max_retries=_TRIES,
        initial_backoff=BACKOFF_S,
    )
    return dict(pair for _, outcome in outcomes for pair in rejections(outcome))


def rejections(outcome: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Rejection]]:
    """Return id and rejection of one item of a reply, if it was rejected."""
    ((kind, item),) = outcome.items()
    status = int(item["status"])
    if status < _BAD_REQUEST or (kind == "delete" and status == _MISSING):
        return []
    return [(item["_id"], Rejection(status, item_reason(item.get("error", "")) or str(item.get("result"))))]


def report(address: Address, rejected: Mapping[str, Rejection], total: int) -> QuorumError:
    """Turn rejected chunks into an error: all of them in the log, the reasons with some chunks each in the message."""
    by_reason: dict[Rejection, list[str]] = defaultdict(list)
    for chunk, why in rejected.items():
        log.error("Elasticsearch rejected %r (%d): %s", chunk, *why)
        by_reason[why].append(chunk)
    status, reason = next(iter(by_reason))
    if status != _BAD_REQUEST:
        return refusal(address, status, reason)
    said = "; ".join(
        f"{', '.join(map(repr, chunks[:_NAMED]))}{' …' if len(chunks) > _NAMED else ''}: {why.reason[:200]}"
        for why, chunks in by_reason.items()
    )
    return QuorumError(
        f"Elasticsearch at {address.shown!r} rejected {len(rejected)} of {total} chunks, so that their documents stay "
        f"as they were: {said}"
    )
