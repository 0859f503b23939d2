"""How a chunk is laid out in the table: the schema, and the way there and back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.types import Chunk, DocumentRecord, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from bot.types import IndexedChunk, Scope

SEPARATOR = "\x1f"
EDITION = "edition"
"""A column that tables of the first format do not have."""

_TEXTS = ("id", "document", "collection", "title", "text", "source", "root", "digest", "url", "question")
_LISTS = ("defines", "codes", "lines")
_AT_ONCE = 4_096
_EDITION_BYTES = 8
_PLACE = ("headings", "page", "row", "line_start", "line_end")


def key(chunk: Chunk) -> str:
    """Return what names a chunk in the whole index: its id, then its collection."""
    return f"{chunk.id}{SEPARATOR}{chunk.collection}"


def schema(dimensions: int, metadata: Mapping[str, str]) -> pa.Schema:
    """Return the table's schema; the metadata says which embedder filled it.

    The chunk itself is one column, `stored`, since every further column costs a read of its own; beside it stands
    what is searched and filtered by. `edition` is a digest of it, by which a copy is known to be the same.
    """
    import pyarrow as pa

    texts = pa.list_(pa.string())
    fields = [pa.field(name, pa.string()) for name in ("key", "document", "collection", "tokens", "stored")]
    fields += [pa.field("defines", texts), pa.field("codes", texts)]
    fields += [pa.field(EDITION, pa.int64())]
    fields += [pa.field("line_count", pa.int32()), pa.field("line_vectors", pa.large_binary())]
    fields += [pa.field("vector", pa.list_(pa.float32(), dimensions))]
    return pa.schema(fields, metadata=dict(metadata))


def to_table(chunks: Sequence[IndexedChunk], into: pa.Schema) -> pa.Table:
    """Lay chunks out as rows; line vectors are kept as half-precision bytes."""
    import pyarrow as pa

    texts = [_stored(item.chunk) for item in chunks]
    columns: dict[str, Any] = {
        "key": [_clean(key(item.chunk)) for item in chunks],
        "document": [_clean(item.chunk.document) for item in chunks],
        "collection": [_clean(item.chunk.collection) for item in chunks],
        "tokens": [" ".join(item.tokens) for item in chunks],
        "stored": texts,
        EDITION: [edition(text) for text in texts],
        "defines": [item.chunk.defines for item in chunks],
        "codes": [list(dict.fromkeys((*item.chunk.defines, *item.chunk.codes))) for item in chunks],
        "line_count": [len(item.chunk.lines) for item in chunks],
        "line_vectors": [item.line_vectors.astype(np.float16).tobytes() for item in chunks],
    }
    flat = np.ascontiguousarray([item.vector for item in chunks], dtype=np.float32).reshape(-1)
    width = into.field("vector").type.list_size
    columns["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(flat), width)
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in into}, schema=into)


def to_chunk(stored: str) -> Chunk:
    """Read a chunk back from the column `stored`."""
    values = json.loads(stored)
    place = Place(**(values.pop("place") | {"headings": tuple(values.pop("headings"))}))
    return Chunk(**(values | {name: tuple(values[name]) for name in _LISTS}), place=place)


def records(chunks: Sequence[Chunk]) -> list[tuple[str, DocumentRecord]]:
    """Sum chunks up as documents, each with its collection."""
    counted = Counter((c.collection, c.document, c.source, c.root, c.digest) for c in chunks)
    return [
        (collection, DocumentRecord(document, source, root, digest, n))
        for (collection, document, source, root, digest), n in counted.items()
    ]


def copies(found: Any) -> list[tuple[int, str]]:  # noqa: ANN401 - an Arrow table or batch
    """Return the texts of rows with their editions; none of a table that was made without editions."""
    if EDITION not in found.schema.names:
        return []
    return list(zip(found[EDITION].to_pylist(), found["stored"].to_pylist(), strict=True))


def documents(table: Any) -> list[tuple[str, DocumentRecord]]:  # noqa: ANN401 - LanceDB has no types
    """Sum the whole table up as documents, each with its collection."""
    found: list[Chunk] = []
    for batch in table.search().select(["stored"]).to_batches(batch_size=_AT_ONCE):
        found += [to_chunk(stored) for stored in batch.column("stored").to_pylist()]
    return records(found)


def within(scope: Scope) -> str | None:
    """Write a scope as an SQL condition; None where it sets no limit."""
    parts = [
        f"{column} IN ({quoted(names)})" if names else "false"
        for column, names in (("collection", scope.collections), ("document", scope.documents))
        if names is not None
    ]
    if scope.hidden:
        parts.append(f"collection NOT IN ({quoted(scope.hidden)})")
    return " AND ".join(parts) or None


def quoted(values: Iterable[str]) -> str:
    """Write strings as a list of SQL literals."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def edition(stored: str) -> int:
    """Return the digest by which a text and its copy are known to be the same; a signed number of 64 bits."""
    digest = hashlib.blake2b(stored.encode(), digest_size=_EDITION_BYTES).digest()
    return int.from_bytes(digest, signed=True)


def _stored(chunk: Chunk) -> str:
    place = {name: getattr(chunk.place, name) for name in _PLACE}
    values = {name: getattr(chunk, name) for name in (*_TEXTS, *_LISTS)}
    return json.dumps(values | {"headings": place.pop("headings"), "place": place})


def _clean(text: str) -> str:
    """Replace what no UTF-8 can hold: half of a surrogate pair, from a broken file name or text."""
    return text.encode("utf-8", "replace").decode()
