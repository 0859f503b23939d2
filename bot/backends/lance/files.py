"""The table's files: opening and making them, the lock of the one writer, and keeping their indexes up to date."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.backends.lance import rows
from bot.backends.lance.library import lancedb
from bot.errors import EmbedderMismatchError, IndexDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "chunks"
_FORMAT, _FORMATS = "3", {"2", "3"}
"""What new tables are, and what can be read: 3 has editions, which programs that know only 2 could not add."""

_KEEP_OLD = timedelta(minutes=10)
_VECTORS = "vector_idx"
_MOST_PARTS = 3
"""Each optimising adds an index of what is new; from so many on they become one again."""
_BITS = 8
_INDEXED_FROM = 1_500
"""Fewer vectors are compared one by one, which is exact and as quick."""


def exists(folder: Path) -> bool:
    """Tell whether the folder holds a table; one whose making was broken off before it held anything is none.

    Raises `NotADirectoryError` where there is something else in its place.
    """
    table = folder / f"{NAME}.lance"
    return _holds(table / "_versions", ".manifest") or _holds(table / "data", "")


def open_table(folder: Path, embedder: str) -> Any:  # noqa: ANN401 - LanceDB has no types
    """Open the table at its newest version. Raises `EmbedderMismatchError`, `IndexDamagedError` for another format."""
    table = _connect(folder).open_table(NAME)
    _check(table.schema.metadata, folder, embedder)
    return table


async def open_reading(folder: Path, embedder: str) -> Any:  # noqa: ANN401 - LanceDB has no types
    """Open the table as `open_table` does, to be asked by coroutines."""
    table = await (await lancedb().connect_async(folder)).open_table(NAME)
    _check((await table.schema()).metadata, folder, embedder)
    return table


def _check(metadata: Mapping[bytes, bytes] | None, folder: Path, embedder: str) -> None:
    made = {key.decode(): value.decode() for key, value in (metadata or {}).items()}
    if made.get("embedder") != embedder:
        raise EmbedderMismatchError(str(folder), made.get("embedder", "unknown"), embedder)
    if made.get("format") not in _FORMATS:
        message = (
            f"The index {str(folder)!r} was made by another version of Quorum. Delete that folder and ingest again."
        )
        raise IndexDamagedError(message)


def make_table(folder: Path, embedder: str, dimensions: int) -> Any:  # noqa: ANN401 - LanceDB has no types
    """Make an empty table, in the place of one whose making was broken off."""
    shutil.rmtree(folder / f"{NAME}.lance", ignore_errors=True)
    shape = rows.schema(dimensions, {"embedder": embedder, "format": _FORMAT})
    return _connect(folder).create_table(NAME, schema=shape)


def ensure_indexes(table: Any) -> None:  # noqa: ANN401 - LanceDB has no types
    """Make what is missing of the words' and the columns' indexes, so that rows are found from the first one on."""
    from lancedb.index import FTS, Bitmap, BTree, LabelList

    words = FTS(
        base_tokenizer="whitespace",
        lower_case=False,
        stem=False,
        remove_stop_words=False,
        ascii_folding=False,
        max_token_length=None,
    )
    wanted = {"tokens": words, "collection": Bitmap(), "document": BTree(), "key": BTree()}
    wanted |= {"defines": LabelList(), "codes": LabelList()}
    made = {column for index in table.list_indices() for column in index.columns}
    for column, config in wanted.items():
        if column not in made:
            table.create_index(column, config=config)


def unindexed(table: Any) -> int:  # noqa: ANN401 - LanceDB has no types
    """Return how many rows the word index does not hold yet."""
    stats = table.index_stats("tokens_idx")  # None where a full disk kept it from being made
    return int(table.count_rows() if stats is None else stats.num_unindexed_rows)


def tidy(table: Any) -> None:  # noqa: ANN401 - LanceDB has no types
    """Join small files, bring the indexes of words and columns up to date, drop versions that nobody reads any more."""
    table.optimize(cleanup_older_than=_KEEP_OLD)


def index_vectors(table: Any) -> bool:  # noqa: ANN401 - LanceDB has no types
    """Make one index of all vectors where there is none or too many, since each is searched; tell if it did.

    RaBitQ keeps one bit a dimension. All vectors are compared by it, so that near-twins are not missed, and the best of
    them again as they are: see ADR 0012. It packs bits into bytes; a graph serves other numbers of dimensions.
    """
    from lancedb.index import HnswSq, IvfRq

    parts = [index.num_segments for index in table.list_indices() if index.name == _VECTORS]
    wanted = (not parts and table.count_rows() >= _INDEXED_FROM) or any(count > _MOST_PARTS for count in parts)
    if wanted:
        is_whole = table.schema.field("vector").type.list_size % _BITS == 0
        kind = (IvfRq if is_whole else HnswSq)(distance_type="dot", num_partitions=1)
        table.create_index("vector", config=kind, name=_VECTORS)
    return wanted


class WriterLock:
    """One writer at a time, among threads and processes; may be released by another thread than took it."""

    def __init__(self, file: Path) -> None:
        """Take the file that is locked."""
        self._file = file
        self._threads = threading.Lock()

    def acquire(self) -> None:
        """Wait until nobody else writes."""
        import fcntl

        self._threads.acquire()
        try:
            self._handle = self._file.open("a")
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        except OSError:
            self._threads.release()
            raise

    def release(self) -> None:
        """Let the next one write."""
        self._handle.close()
        self._threads.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for a block."""
        self.acquire()
        try:
            yield
        finally:
            self.release()


def _holds(folder: Path, ending: str) -> bool:
    try:
        with os.scandir(folder) as found:
            return any(entry.name.endswith(ending) for entry in found)
    except FileNotFoundError:
        return False


def _connect(folder: Path) -> Any:  # noqa: ANN401 - LanceDB has no types
    return lancedb().connect(folder)
