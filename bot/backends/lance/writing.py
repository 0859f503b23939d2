"""Changes of an index: one commit of the table each, with the counts settled behind the caller's back."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.backends.lance import files, rows
from bot.backends.lance.counts import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.backends.lance.counts import Counts
    from bot.backends.lance.opening import Opening
    from bot.types import IndexedChunk

log = logging.getLogger(__name__)

_TIDY_AFTER = 50_000
_TIDY_AT_CLOSE = 200
_AT_ONCE = 4_096


@dataclass(slots=True)
class Texts:
    """What a change does to the copies of texts: editions that went, and editions with the texts that came."""

    dropped: list[int]
    copied: list[tuple[int, str]] = field(default_factory=list)


class Writer:
    """Adds and removes documents; the word counts follow in a thread that holds the writer's lock until they do."""

    def __init__(self, folder: Path, embedder: str, dimensions: int, opening: Opening) -> None:
        """Take the folder, which is made by the first `add`, what is written there, and who reads it."""
        self._folder, self._embedder, self._dimensions = folder, embedder, dimensions
        self._opening = opening
        self._table: Any = None
        self._lock = files.WriterLock(folder / "write.lock")
        self._settling = ThreadPoolExecutor(1, thread_name_prefix="index-counts")
        self._tidying = ThreadPoolExecutor(1, thread_name_prefix="index-tidy")
        self._last: Future[None] | None = None
        self._fresh = 0
        self._is_first = True

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one commit, every document that `chunks` name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        documents = _named(chunks)
        with self._changing(documents) as (table, change, texts):
            data = rows.to_table(chunks, table.schema)
            if change.gone:
                old = _where(change.gone)
                merge = table.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
                merge.when_not_matched_by_source_delete(old).execute(data)
            else:
                table.add(data)
            change.words.update(token for item in chunks for token in set(item.tokens))
            change.come.extend(rows.records([item.chunk for item in chunks]))
            texts.copied = rows.copies(data)
        self._fresh += len(chunks)
        if self._fresh >= max(_TIDY_AFTER, table.count_rows() // 4):
            self._fresh = 0
            self._tidying.submit(self._tidy)

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget documents, in one commit."""
        if not documents or not files.exists(self._folder):
            return
        with self._changing([(collection, document) for document in documents]) as (table, change, _):
            if change.gone:
                table.delete(_where(change.gone))

    def settled(self) -> None:
        """Wait until the counts hold every change of this process; raises what settling raised."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """Finish the counts, bring the indexes up to date if that is worth it, and stop; a second call does nothing."""
        self._settling.shutdown()
        self._tidying.shutdown()
        if self._table is not None:
            if files.unindexed(self._table) >= _TIDY_AT_CLOSE:
                self._tidy()
            if files.index_vectors(self._table):
                self._opening.made_counts().relaid()
            self._table = None

    @contextmanager
    def _changing(self, documents: Sequence[tuple[str, str]]) -> Iterator[tuple[Any, Change, Texts]]:
        """Hold the lock over a change that begins with taking the documents' rows away, as far as there are any."""
        self._lock.acquire()
        handed_over = False
        try:
            is_new = not files.exists(self._folder)  # what lies beside it may be of a table that was removed
            table = self._newest()
            counts = self._opening.made_counts()
            is_first, self._is_first = self._is_first, False
            is_unsettled = counts.mark() or is_new
            if is_unsettled or (is_first and not self._opening.copies.exist()):
                self._opening.copies.write((), _copies(table), empty=True)
            if is_unsettled:
                counts.rebuild(_everything(table))
                counts.mark()
            gone = counts.known(documents)
            words, dropped = _counted(table, _where(gone)) if gone else (Counter[str](), [])
            change, texts = Change(Counter({word: -n for word, n in words.items()}), gone), Texts(dropped)
            yield table, change, texts
            self._last = self._settling.submit(self._settle, counts, change, texts)
            handed_over = True
        finally:
            if not handed_over:
                self._lock.release()

    def _settle(self, counts: Counts, change: Change, texts: Texts) -> None:
        try:
            self._opening.copies.write(texts.dropped, texts.copied)
            counts.settle(change)
        finally:
            self._lock.release()

    def _newest(self) -> Any:  # noqa: ANN401 - LanceDB has no types
        """Return the table at its newest version, made first if need be; under the lock.

        A process that was killed while it made the table may have left it empty and without indexes.
        """
        if self._table is None:
            if files.exists(self._folder):
                self._table = files.open_table(self._folder, self._embedder)
            else:
                self._table = files.make_table(self._folder, self._embedder, self._dimensions)
            files.ensure_indexes(self._table)
        self._table.checkout_latest()
        return self._table

    def _tidy(self) -> None:
        try:
            files.tidy(self._table)
            self._opening.made_counts().relaid()
        except (RuntimeError, OSError, ValueError) as exc:
            log.warning("The index was not optimised this time (%s); searching goes on.", exc)


def _counted(table: Any, where: str | None = None) -> tuple[Counter[str], list[int]]:  # noqa: ANN401 - LanceDB has no types
    """Count in how many of the rows each word occurs, and list their editions."""
    counted: Counter[str] = Counter()
    editions: list[int] = []
    columns = [name for name in table.schema.names if name in {"tokens", rows.EDITION}]
    for batch in _batches(table, columns, where):
        for tokens in batch.column("tokens").to_pylist():
            counted.update(set(tokens.split()))
        if rows.EDITION in columns:
            editions += batch.column(rows.EDITION).to_pylist()
    return counted, editions


def _everything(table: Any) -> Change:  # noqa: ANN401 - LanceDB has no types
    return Change(_counted(table)[0], [], rows.documents(table))


def _copies(table: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - LanceDB has no types
    if rows.EDITION in table.schema.names:
        for batch in _batches(table, ["stored", rows.EDITION]):
            yield from rows.copies(batch)


def _batches(table: Any, columns: list[str], where: str | None = None) -> Any:  # noqa: ANN401 - LanceDB has no types
    search = table.search().select(columns)
    return (search.where(where) if where else search).to_batches(batch_size=_AT_ONCE)


def _named(chunks: Sequence[IndexedChunk]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((item.chunk.collection, item.chunk.document) for item in chunks))


def _where(documents: Sequence[tuple[str, str]]) -> str:
    grouped: dict[str, set[str]] = defaultdict(set)
    for collection, document in documents:
        grouped[collection].add(document)
    parts = (
        f"(collection = {rows.quoted([collection])} AND document IN ({rows.quoted(names)}))"
        for collection, names in sorted(grouped.items())
    )
    return " OR ".join(parts)
