"""Changes of a version: new chunks in, old ones out, and one refresh that shows both to every search at once.

Chunks are written under names of their own, never over older ones, and hidden until they are complete. The request
that takes the old ones out shows the new ones too, and Elasticsearch carries it out whole even if the writer dies after
sending it. So a writer that is killed, or whose disk is full, leaves each document as it was or as it will be.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.backends.elastic import bulk, layout, records
from bot.backends.elastic.connecting import WRITE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address
    from bot.backends.elastic.state import State
    from bot.backends.elastic.versions import Versions
    from bot.types import IndexedChunk

_MANY_PARTS, _FEW_PARTS = 8, 4


class Writer:
    """Adds and removes documents of one version."""

    def __init__(self, client: Elasticsearch, address: Address, versions: Versions, state: State) -> None:
        """Take a client for reading, from which one with longer patience is made."""
        self._client = client.options(request_timeout=WRITE_S)
        self._address, self._versions, self._state = address, versions, state
        self._lock = threading.Lock()
        self._begun = False

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name."""
        with self._lock:
            self._begin()
            self._state.changed()
            edition = self._state.begin()
            self._write(chunks, edition)
            named = dict.fromkeys((item.chunk.collection, item.chunk.document) for item in chunks)
            self._swap(edition, list(self._keys(named)))
            self._show()

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget documents; unknown names are no error."""
        if not documents or not self._versions.check():
            return
        with self._lock:
            self._begin()
            self._state.changed()
            self._delete(list(self._keys((collection, document) for document in documents)))
            self._show()

    def close(self) -> None:
        """Let Elasticsearch join what was written in many small parts: each part is searched by itself.

        It does so by itself only from some tenth part on, and searching twenty takes three times as long as four.
        Nobody waits for it.
        """
        if not self._begun:
            return
        self._begun = False
        kept = "_all.primaries.segments.count"
        found = self._client.indices.stats(index=self._versions.own, metric="segments", filter_path=kept)
        if found["_all"]["primaries"]["segments"]["count"] > _MANY_PARTS:
            self._client.indices.forcemerge(
                index=self._versions.own, max_num_segments=_FEW_PARTS, wait_for_completion=False
            )

    def _begin(self) -> None:
        """Make the version unless it is there; once, clear away what writers that died left behind."""
        self._versions.ensure()
        if self._begun:
            return
        # One that died just before its refresh has changed documents that searches do not see yet.
        self._client.indices.refresh(index=self._versions.own)
        abandoned = self._state.abandoned()
        if abandoned:
            self._delete(list(records.editions(self._client, self._versions.own, abandoned)))
            self._state.forget(abandoned)
        self._begun = True

    def _show(self) -> None:
        self._client.indices.refresh(index=self._versions.own)
        self._state.changed()

    def _keys(self, named: Iterable[tuple[str, str]]) -> Iterable[str]:
        return records.keys(self._client, self._versions.own, self._state.index, named)

    def _write(self, chunks: Sequence[IndexedChunk], edition: str) -> None:
        actions = (
            {"_op_type": "index", "_id": layout.identity(item.chunk, edition), "_source": layout.fields(item, edition)}
            for item in chunks
        )
        rejected = bulk.send(self._client, self._versions.own, actions)
        if rejected:
            named = {layout.identity(item.chunk, edition): item.chunk.id for item in chunks}
            raise bulk.report(self._address, {named[id_]: why for id_, why in rejected.items()}, len(chunks))

    def _swap(self, edition: str, stale: Sequence[str]) -> None:
        """Take the old chunks out and let the edition be seen, by one request."""
        deletes = [{"delete": {"_index": self._versions.own, "_id": layout.named(key)}} for key in stale]
        reply = self._client.bulk(operations=[*deletes, *self._state.closing(edition)])
        rejected = dict(pair for item in reply["items"] for pair in bulk.rejections(item))
        if rejected:
            # Another writer changed the list meanwhile, or Elasticsearch is busy: say the same again, one by one.
            self._state.forget([edition])
            self._delete(stale)

    def _delete(self, keys: Sequence[str]) -> None:
        actions = ({"_op_type": "delete", "_id": layout.named(key)} for key in keys)
        rejected = bulk.send(self._client, self._versions.own, actions)
        if rejected:
            raise bulk.report(self._address, rejected, len(keys))
