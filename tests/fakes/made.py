"""Small chunks and queries made for tests, prepared as ingestion prepares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import text
from bot.backends.hashing import HashingEmbedder
from bot.diagnosis import codes
from bot.knowledge.indexing import prepare
from bot.types import Address, Chunk, IndexedChunk, Query, Question, Scope

if TYPE_CHECKING:
    from bot.types import Language

EMBEDDER = HashingEmbedder(64)
LINE_EMBEDDER = HashingEmbedder(128)


def chunk(document: str, body: str, *, number: int = 0, collection: str = "default", title: str = "") -> Chunk:
    """Make a chunk whose codes are read as the reader reads them."""
    return Chunk(
        id=f"{document}#{number}",
        document=document,
        collection=collection,
        title=title,
        text=body,
        source=document,
        root="/made",
        digest=str(len(body)),
        defines=codes.defined(title, (), document, None, None),
        codes=codes.extract(f"{title}\n{body}"),
        lines=tuple(body.splitlines()) if codes.defined(title, (), document, None, None) else (),
    )


def indexed(*chunks: Chunk) -> list[IndexedChunk]:
    """Prepare chunks for an index."""
    return prepare(chunks, EMBEDDER, LINE_EMBEDDER)


def query(asked: str, *, scope: Scope | None = None, limit: int = 50) -> Query:
    """Make a query that uses every leg."""
    return Query(
        tokens=tuple(text.tokens(asked)),
        vector=EMBEDDER.queries([asked])[0],
        codes=codes.extract(asked),
        line=LINE_EMBEDDER.queries([asked])[0],
        scope=scope or Scope(),
        limit=limit,
    )


def question(asked: str, language: Language = "en") -> Question:
    """Make a question that nobody asked anywhere."""
    return Question("q", asked, Address("cli", "made", "somebody"), language, 0.0)
