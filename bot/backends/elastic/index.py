"""The `Index` on Elasticsearch: one `_msearch` a question, one alias over versions, documents replaced whole."""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

from bot.backends.elastic import bodies, health, layout, ranking, records, state
from bot.backends.elastic.connecting import connect
from bot.backends.elastic.failures import item_reason, mapped, refusal
from bot.backends.elastic.state import State
from bot.backends.elastic.versions import Versions
from bot.backends.elastic.writing import Writer
from bot.errors import QuorumError
from bot.types import Hits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.backends.elastic.addresses import Address
    from bot.backends.elastic.records import Record
    from bot.backends.elastic.versions import Maker
    from bot.types import Chunk, DocumentRecord, Hit, IndexedChunk, Query

log = logging.getLogger(__name__)

_NOTHING = Hits((), (), (), (), {}, 0, frozenset(), lambda _: {})
_KEPT = (
    "responses.hits.hits._score",
    "responses.hits.hits.matched_queries",
    "responses.hits.hits.fields",
    "responses.hits.total.value",
    "responses.aggregations",
    "responses.error",
    "responses.status",
)
_LONG = 10_000
"""From so many words on a search is given more time."""

_CARRIED = 512
"""Chunks of one batch of inherited documents."""


class ElasticIndex:
    """Keeps chunks in Elasticsearch; see `bot.ports.Index` and, for what `building` is for, `bot.ports.Versioned`.

    The ids in its hits name chunks within this index: the chunk's id, its collection, and the writing that brought it.
    """

    def __init__(self, address: Address, maker: Maker, *, building: bool = False) -> None:
        """Connect, and look for a version to read; the first `add` makes one where there is none.

        With `building`, another embedder than the published version's makes a version of its own. Raises
        `EmbedderMismatchError` without, `IndexUnavailableError`, and `ConfigurationError` for what the address says.
        """
        self._address = address
        self._client = connect(address)
        with mapped(address), ExitStack() as opening:
            opening.callback(self._client.close)
            self._versions = Versions(self._client, address, maker, building=building)
            self._versions.check()
            self._state = State(self._client, state.name(address.name))
            self._writer = Writer(self._client, address, self._versions, self._state)
            opening.pop_all()

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name with these chunks."""
        if chunks:
            with mapped(self._address):
                self._writer.add(chunks)

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget the documents of a collection; unknown names are no error."""
        with mapped(self._address):
            self._writer.remove(collection, documents)

    def search(self, query: Query) -> Hits:
        """Return ranked lists of at most `query.limit` hits for each leg, in one round trip."""
        with mapped(self._address):
            found = self._found(bodies.searches(query, self._state.index), len(query.tokens))
        if found is None:
            return _NOTHING
        counts = [reply for leg, reply in found.items() if leg.startswith(bodies.COUNTS)]
        holding, total, mean = ranking.counted(counts, query.tokens)
        words: list[Hit] = []
        if "words" in found:
            words = ranking.settled(found["words"], query.tokens, holding, total, mean, query.limit)
        codes = ranking.coded(found["codes"], len(bodies.groups(query.codes))) if "codes" in found else []
        lines = ranking.cosines(found["lines"]) if "lines" in found else []
        return Hits(
            words=tuple(words),
            meaning=tuple(ranking.cosines(found["meaning"])) if "meaning" in found else (),
            codes=tuple(codes),
            lines=tuple(hit for hit in lines if hit.score > 0),
            frequencies=holding,
            total=total,
            known_codes=ranking.known(found["codes"], query.codes) if "codes" in found else frozenset(),
            read=self._read,
        )

    def documents(self, collection: str | None = None) -> Sequence[DocumentRecord]:
        """List the documents of one collection, or of all, sorted by document."""
        with mapped(self._address):
            if not self._versions.check():
                return []
            return [record for _, record in self._documents(self._versions.own, collection)]

    def generation(self) -> int:
        """Return a number that grows with every change, seen by every process."""
        with mapped(self._address):
            return self._state.changes()

    def close(self) -> None:
        """Release the connections; what was written is joined by Elasticsearch later, in the background."""
        with closing(self._client):
            try:
                with mapped(self._address):
                    self._writer.close()
            except QuorumError as exc:
                log.warning("The parts of the index were not joined this time; searching goes on. %s", exc)

    def missing(self) -> int:
        """Count the documents that `inherited` will yield."""
        with mapped(self._address):
            return len(self._compared()[0])

    def inherited(self) -> Iterator[Sequence[Chunk]]:
        """Yield the documents that the published version holds otherwise, after forgetting what it does not hold."""
        with mapped(self._address):
            current = self._versions.current()
            wanted, gone = self._compared()
            for collection, documents in gone.items():
                self._writer.remove(collection, documents)
            if current is not None:
                yield from records.chunks(self._client, current.name, self._state.index, wanted, _CARRIED)

    def publish(self) -> None:
        """Let everybody search this version from now on; keep the one before, drop older ones."""
        with mapped(self._address):
            if self._versions.publish():
                self._state.changed()

    def description(self) -> str:
        """Say which versions there are."""
        with mapped(self._address):
            return health.describe(self._versions.listed())

    def warnings(self) -> Sequence[str]:
        """Return a sentence for each thing that works and may cost something later; see `bot.ports.Checked`."""
        with mapped(self._address):
            return health.examine(self._client, self._address, self._versions)

    def _compared(self) -> tuple[list[Record], Mapping[str, list[str]]]:
        """Return what the published version holds otherwise than ours, and, by collection, what only ours holds."""
        current = self._versions.current()
        if current is None or current.name == self._versions.own:
            return [], {}
        theirs, ours = (self._documents(name) for name in (current.name, self._versions.own))
        same, named = set(ours), {(collection, record.document) for collection, record in theirs}
        gone: dict[str, list[str]] = defaultdict(list)
        for collection, record in ours:
            if (collection, record.document) not in named:
                gone[collection].append(record.document)
        return [pair for pair in theirs if pair not in same], gone

    def _documents(self, index: str, collection: str | None = None) -> list[Record]:
        return records.documents(self._client, index, self._state.index, collection)

    def _found(self, asked: Mapping[str, bodies.Body], length: int) -> dict[str, dict[str, Any]] | None:
        """Send all bodies at once and return the replies by leg, or None while there is no index.

        A log of a hundred thousand words, each to be counted, may take ten times as long.
        """
        searches = [part for body in asked.values() for part in ({}, body)]
        client = self._client
        if length > _LONG:
            client = client.options(request_timeout=self._address.timeout_s * length / _LONG)
        replies = client.msearch(
            index=self._versions.own, searches=searches, filter_path=list(_KEPT), include_named_queries_score=True
        )["responses"]
        failed = [reply for reply in replies if "error" in reply]
        if not failed:
            return dict(zip(asked, replies, strict=True))
        if failed[0]["status"] == 404 and not self._versions.check():  # noqa: PLR2004 - not found
            return None
        raise refusal(self._address, failed[0]["status"], item_reason(failed[0]["error"]))

    def _read(self, keys: Sequence[str]) -> Mapping[str, Chunk]:
        if not keys:
            return {}
        with mapped(self._address):
            ids = [layout.named(key) for key in keys]
            found = self._client.mget(index=self._versions.own, ids=ids, realtime=False, source=["chunk"])["docs"]
        return {
            key: layout.to_chunk(one["_source"]["chunk"])
            for key, one in zip(keys, found, strict=True)
            if one.get("found")
        }
