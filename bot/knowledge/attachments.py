"""Files beside a question: their plain text as a person would paste it, within tighter limits than an ingested file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge import reading
from bot.knowledge.documents import Plain, Section, Table
from bot.knowledge.readers import pictures, text

if TYPE_CHECKING:
    from bot.knowledge.documents import Document
    from bot.settings import Ingesting

TIMEOUT_S = 60.0
"""Somebody waits for the answer; recognising the text of a large screenshot takes some seconds."""

MAX_UNPACKED = 100_000_000

_WRAPPED = frozenset({".pdf", ".docx", ".pptx", ".epub", ".msg", ".xlsx", ".xls", ".html", ".htm", ".xhtml"})
"""Kinds whose bytes nobody would paste; all others are shown as they are written: logs, SQL, JSON, CSV, Markdown."""


def limits(settings: Ingesting) -> Ingesting:
    """Return the limits for the sandbox that reads files beside questions."""
    tighter = {
        "timeout_s": min(settings.timeout_s, TIMEOUT_S),
        "max_unpacked_bytes": min(settings.max_unpacked_bytes, MAX_UNPACKED),
    }
    return settings.model_copy(update=tighter)


def read(name: str, content: bytes, max_unpacked: int) -> Plain:
    """Read one file whole; runs in the reading process, reached by `Sandbox.plain`.

    Raises `FileRefusedError` with the reason why it has no text for us; archives are `unknown-type`.
    """
    document = _document(name, content, max_unpacked)
    whole = "\n\n".join(filter(str.strip, map(_flat, document.parts)))
    if not whole.strip():
        raise FileRefusedError(reason="empty", detail="The file holds no text.")
    return Plain(whole, document.warnings, document.confidence)


def _document(name: str, content: bytes, max_unpacked: int) -> Document:
    if pictures.is_picture(content):
        return pictures.read(content)
    kind = reading.family(name, content, max_unpacked)
    if kind == ".zip":
        raise FileRefusedError(reason="unknown-type", detail="Archives beside questions are not opened.")
    return reading.parse(kind, content) if kind in _WRAPPED else text.read_plain(content)


def _flat(part: Section | Table) -> str:
    if isinstance(part, Section):
        return part.text
    rows = [part.header, *(row.cells for row in part.rows)]
    return "\n".join([*filter(None, [part.sheet]), *(" | ".join(cells) for cells in rows if any(cells))])
