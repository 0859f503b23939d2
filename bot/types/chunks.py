"""Pieces of documents, as they are read and as an index stores them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vector: TypeAlias = "NDArray[np.float32]"
"""One embedding: shape (dimensions,), unit length."""

Matrix: TypeAlias = "NDArray[np.float32]"
"""Embeddings, one a row: shape (n, dimensions), rows of unit length."""

Reason = Literal[
    "encrypted", "scanned", "garbled", "corrupt", "too-large", "unknown-type", "empty", "unreadable", "changed", "time"
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its document a chunk stands; pages, rows and lines count from 1, `line_end` is inclusive."""

    headings: tuple[str, ...] = ()
    page: int | None = None
    row: int | None = None
    line_start: int | None = None
    line_end: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that can be found and cited.

    `id` is stable while the document's place in its source is (`<document>#<ordinal>`); `source` is the file,
    relative to `root`, that `document` was read from (they differ for rows of a table); `digest` is the content hash
    of the source file together with the reader's version. `question` is set for rows of a question-and-answer table.
    `defines` are the codes this chunk explains (title, heading, file name, first column, question), `codes` all that
    occur in it. `lines` are the message templates of a page that defines codes, for messages without a code.
    """

    id: str
    document: str
    collection: str
    title: str
    text: str
    source: str
    root: str
    digest: str
    place: Place = Place()
    url: str | None = None
    question: str | None = None
    defines: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def searchable(self) -> str:
        """The text that the indexes see: title path and question in front of the chunk's own text."""
        head = dict.fromkeys((self.title, *self.place.headings, self.question or ""))
        return "\n".join([part for part in head if part] + [self.text])


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk with what the index stores beside it.

    `tokens` are `bot.text.tokens(chunk.searchable)` in order, with repeats. `vector` has the embedder's dimensions.
    `line_vectors` has shape (len(chunk.lines), line dimensions).
    """

    chunk: Chunk
    tokens: tuple[str, ...]
    vector: Vector
    line_vectors: Matrix


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document as the index holds it, enough to decide whether its source changed."""

    document: str
    source: str
    root: str
    digest: str
    chunks: int
