"""Changes of a version: new chunks in, old ones out, and one refresh that shows both to every search at once.

Chunks are written under keys of their own (the edition), never over older ones, and nothing is refreshed in between:
a writer that is killed, or whose disk fills up, leaves the old version of its documents whole. What it had written of
the new one is counted with them, so that `documents` tells the next run to read them anew, which clears it away.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bot.backends.elastic import layout, records
from bot.backends.elastic.connecting import WRITE_S
from bot.backends.elastic.failures import item_reason, refusal
from bot.errors import QuorumError, StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address
    from bot.backends.elastic.versions import Versions
    from bot.types import IndexedChunk

log = logging.getLogger(__name__)

CHANGES = "changes"
BULK_CHUNKS = 500
BULK_BYTES = 5_000_000
"""What one request carries at most; larger ones gain nothing and hold up searches."""

BACKOFF_S = 0.5
_TRIES = 5
"""Tries after a rejection because of too much work: .5, 1, 2, 4 and 8 seconds later."""

_NAMED = 10


class Writer:
    """Adds and removes documents of one version, and counts the changes in the state index."""

    def __init__(self, client: Elasticsearch, address: Address, versions: Versions) -> None:
        """Take a client for reading, from which one with longer patience is made."""
        self._client = client.options(request_timeout=WRITE_S)
        self._address, self._versions = address, versions
        self._state = f"{address.name}-state"
        self._lock = threading.Lock()
        self._begun = False

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name."""
        with self._lock:
            self._begin()
            named = dict.fromkeys((item.chunk.collection, item.chunk.document) for item in chunks)
            edition = secrets.token_hex(4)
            fresh = {layout.key(item.chunk, edition): item for item in chunks}
            self.changed()
            self._write(fresh, edition)
            stale = [key for key in records.keys(self._client, self._versions.own, named) if key not in fresh]
            self._delete(stale)
            self._show()

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget documents; unknown names are no error."""
        if not documents or not self._versions.check():
            return
        with self._lock:
            self._begin()
            named = [(collection, document) for document in documents]
            self.changed()
            self._delete(list(records.keys(self._client, self._versions.own, named)))
            self._show()

    def changed(self) -> None:
        """Count a change, before it is made and again when it is seen: an answer from in between is never kept."""
        self._client.index(index=self._state, id=CHANGES, document={})

    def changes(self) -> int:
        """Return how many changes were counted, by any process."""
        from elasticsearch import NotFoundError

        try:
            return int(self._client.get(index=self._state, id=CHANGES, source=False)["_version"])
        except NotFoundError:
            return 0

    def _begin(self) -> None:
        self._versions.ensure()
        if not self._begun:
            self._versions.make_state(self._state)
            # What a killed writer left behind must be seen to be cleared away.
            self._client.indices.refresh(index=self._versions.own)
            self._begun = True

    def _show(self) -> None:
        self._client.indices.refresh(index=self._versions.own)
        self.changed()

    def _write(self, fresh: Mapping[str, IndexedChunk], edition: str) -> None:
        actions = (
            {"_op_type": "index", "_id": layout.identity(key), "_source": layout.fields(item, edition)}
            for key, item in fresh.items()
        )
        rejected = self._bulk(actions)
        if not rejected:
            return
        chunks = {layout.identity(key): item.chunk.id for key, item in fresh.items()}
        error = self._rejection({chunks[id_]: reason for id_, reason in rejected.items()}, len(fresh))
        if not isinstance(error, StorageFullError):
            self._delete(fresh)
        raise error

    def _delete(self, keys: Iterable[str]) -> None:
        rejected = self._bulk({"_op_type": "delete", "_id": layout.identity(key)} for key in keys)
        left = {id_: reason for id_, reason in rejected.items() if reason[0] != 404}  # noqa: PLR2004 - gone already
        if left:
            raise self._rejection(left, len(left))

    def _bulk(self, actions: Iterable[dict[str, Any]]) -> dict[str, tuple[int, str]]:
        """Send actions with back-pressure; return status and reason by id of every one that was rejected."""
        from elasticsearch.helpers import streaming_bulk

        rejected: dict[str, tuple[int, str]] = {}
        for _, outcome in streaming_bulk(
            self._client,
            actions,
            index=self._versions.own,
            chunk_size=BULK_CHUNKS,
            max_chunk_bytes=BULK_BYTES,
            raise_on_error=False,
            yield_ok=False,
            max_retries=_TRIES,
            initial_backoff=BACKOFF_S,
        ):
            ((_, item),) = outcome.items()
            rejected[item["_id"]] = (int(item["status"]), item_reason(item.get("error", "")) or str(item.get("result")))
        return rejected

    def _rejection(self, rejected: Mapping[str, tuple[int, str]], total: int) -> QuorumError:
        """Report every rejected chunk: all in the log, the reasons with some ids in the message."""
        for chunk, (status, reason) in rejected.items():
            log.error("Elasticsearch rejected the chunk %r (%d): %s", chunk, status, reason)
        by_reason: dict[tuple[int, str], list[str]] = defaultdict(list)
        for chunk, why in rejected.items():
            by_reason[why].append(chunk)
        status, reason = next(iter(by_reason))
        known = refusal(self._address, status, reason)
        if status != 400:  # noqa: PLR2004 - a bad request is the chunk's own fault
            return known
        said = "; ".join(
            f"{', '.join(map(repr, ids[:_NAMED]))}{' …' if len(ids) > _NAMED else ''}: {why[:200]}"
            for (_, why), ids in by_reason.items()
        )
        return QuorumError(
            f"Elasticsearch at {self._address.shown!r} rejected {len(rejected)} of {total} chunks, so none of their "
            f"documents was changed: {said}"
        )
