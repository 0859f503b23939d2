"""Pieces of a file become chunks: which document each belongs to, its id and its link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.types import Chunk, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.knowledge.documents import Draft, Piece

_RUNNING = frozenset({"javascript", "vbscript", "data"})
_NAMED = 5
"""So many doubled ids are named in a warning."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that chunks come from: its name below its root, and what the chunks are marked with."""

    source: str
    root: str
    collection: str
    digest: str
    url_base: str = ""


def documents(
    draft: Draft, origin: Origin, is_free: Callable[[str], bool]
) -> tuple[Mapping[str, Sequence[Chunk]], tuple[str, ...]]:
    """Group the pieces of a file into documents; return their chunks by document, and warnings.

    A question-and-answer row is a document called by its bare id where it has one that `is_free` (no other file's)
    and that comes first in this file, else `path#row`. Everything else belongs to the document named as the file.
    """
    found: dict[str, list[Chunk]] = {}
    doubled: list[str] = []
    for piece in draft.pieces:
        name = piece.key if piece.entry else origin.source
        if piece.entry and (not name or name in found or not is_free(name)):
            doubled += [name] if name else []
            name = _row_name(origin.source, piece)
        chunks = found.setdefault(name, [])
        chunks.append(_chunk(piece, draft, origin, name, len(chunks) + 1))
    return found, draft.warnings + _doubled(doubled)


def _row_name(source: str, piece: Piece) -> str:
    place = f"{piece.sheet}:{piece.row}" if piece.sheet else str(piece.row)
    return f"{source}#{place}"


def _chunk(piece: Piece, draft: Draft, origin: Origin, document: str, ordinal: int) -> Chunk:
    address = f"{origin.url_base.rstrip('/')}/{quote(origin.source)}" if origin.url_base else None
    return Chunk(
        id=f"{document}#{ordinal}",
        document=document,
        collection=origin.collection,
        title=piece.title or draft.title,
        text=piece.text,
        source=origin.source,
        root=origin.root,
        digest=origin.digest,
        place=Place(piece.headings, piece.page, piece.row, piece.line_start, piece.line_end),
        url=_harmless(piece.url) or _harmless(draft.url) or address,
        question=piece.question,
        defines=piece.defines,
        codes=piece.codes,
        lines=piece.lines,
    )


def _harmless(url: str | None) -> str | None:
    """Return an address of a document unless following it would run a program in the reader's browser."""
    scheme = "".join((url or "").partition(":")[0].split()).lower()
    return None if scheme in _RUNNING else url


def _doubled(keys: Sequence[str]) -> tuple[str, ...]:
    if not keys:
        return ()
    named = ", ".join(keys[:_NAMED]) + (" …" if len(keys) > _NAMED else "")
    return (f"{len(keys)} ids are taken already, so these rows are called by file and row: {named}",)
