"""How a chunk is laid out in the table: the schema, and the way there and back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.types import Chunk, DocumentRecord, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from bot.types import IndexedChunk, Scope

SEPARATOR = "\x1f"
STORED = (
    *("id", "document", "collection", "title", "text", "source", "root", "digest", "url", "question"),
    *("headings", "page", "row", "line_start", "line_end", "defines", "codes", "lines"),
)
"""The columns that a chunk is read back from."""

_PLAIN = 10
"""So many of them are the chunk's own texts."""


def key(chunk: Chunk) -> str:
    """Return what names a chunk in the whole index: its id, then its collection."""
    return f"{chunk.id}{SEPARATOR}{chunk.collection}"


def schema(dimensions: int, metadata: Mapping[str, str]) -> pa.Schema:
    """Return the table's schema; the metadata says which embedder filled it."""
    import pyarrow as pa

    texts, numbers = pa.list_(pa.string()), pa.int32()
    kinds = {"headings": texts, "defines": texts, "codes": texts, "lines": texts}
    kinds |= {"page": numbers, "row": numbers, "line_start": numbers, "line_end": numbers}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in ("key", *STORED, "tokens")]
    fields += [pa.field("line_count", numbers), pa.field("line_vectors", pa.large_binary())]
    fields += [pa.field("vector", pa.list_(pa.float32(), dimensions))]
    return pa.schema(fields, metadata=dict(metadata))


def to_table(chunks: Sequence[IndexedChunk], into: pa.Schema) -> pa.Table:
    """Lay chunks out as rows; line vectors are kept as half-precision bytes."""
    import pyarrow as pa

    columns: dict[str, Any] = {name: [_value(item.chunk, name) for item in chunks] for name in STORED}
    columns["key"] = [key(item.chunk) for item in chunks]
    columns["codes"] = [list(dict.fromkeys((*item.chunk.defines, *item.chunk.codes))) for item in chunks]
    columns["tokens"] = [" ".join(item.tokens) for item in chunks]
    columns["line_count"] = [len(item.chunk.lines) for item in chunks]
    columns["line_vectors"] = [item.line_vectors.astype(np.float16).tobytes() for item in chunks]
    flat = np.ascontiguousarray([item.vector for item in chunks], dtype=np.float32).reshape(-1)
    width = into.field("vector").type.list_size
    columns["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(flat), width)
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in into}, schema=into)


def to_chunk(row: Mapping[str, Any]) -> Chunk:
    """Read a chunk back from the columns `STORED`."""
    place = Place(tuple(row["headings"]), row["page"], row["row"], row["line_start"], row["line_end"])
    values: dict[str, Any] = {name: row[name] for name in STORED[:_PLAIN]}
    values |= {name: tuple(row[name]) for name in ("defines", "codes", "lines")}
    return Chunk(**values, place=place)


def records(chunks: Sequence[Chunk]) -> list[tuple[str, DocumentRecord]]:
    """Sum chunks up as documents, each with its collection."""
    counted = Counter((c.collection, c.document, c.source, c.root, c.digest) for c in chunks)
    return [
        (collection, DocumentRecord(document, source, root, digest, n))
        for (collection, document, source, root, digest), n in counted.items()
    ]


def documents(table: Any) -> list[tuple[str, DocumentRecord]]:  # noqa: ANN401 - LanceDB has no types
    """Sum the whole table up as documents, each with its collection."""
    names = ["collection", "document", "source", "root", "digest"]
    found = table.search().select(names).to_arrow().group_by(names).aggregate([([], "count_all")])
    return [
        (
            row["collection"],
            DocumentRecord(row["document"], row["source"], row["root"], row["digest"], row["count_all"]),
        )
        for row in found.to_pylist()
    ]


def within(scope: Scope) -> str | None:
    """Write a scope as an SQL condition; None where it sets no limit."""
    parts = [
        f"{column} IN ({quoted(names)})" if names else "false"
        for column, names in (("collection", scope.collections), ("document", scope.documents))
        if names is not None
    ]
    return " AND ".join(parts) or None


def quoted(values: Iterable[str]) -> str:
    """Write strings as a list of SQL literals."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def _value(chunk: Chunk, name: str) -> object:
    if name in {"headings", "page", "row", "line_start", "line_end"}:
        return getattr(chunk.place, name)
    value = getattr(chunk, name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
