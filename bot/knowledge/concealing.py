"""Takes passwords, tokens and private keys out of a document before anything of it is kept in an index.

What belongs to people, such as telephone numbers and addresses, stays: documents are there to be found by it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.diagnosis import credentials
from bot.diagnosis.redaction import redact
from bot.knowledge.documents import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.knowledge.documents import Document, Table

_BETWEEN = "\n\x1f\n"
"""Stands between the cells of a table while they are looked through together: no secret reaches over lines."""

_WORDS = {"password": "passwords", "token": "tokens", "private-key": "private keys"}


def concealed(document: Document) -> Document:
    """Return the document without credentials, lines and rows where they were, and a warning that counts them."""
    texts = [part.text if isinstance(part, Section) else _BETWEEN.join(_cells(part)) for part in document.parts]
    found = redact(texts, credentials.RULES)
    if not found.counts:
        return document
    parts = tuple(
        replace(part, text=text) if isinstance(part, Section) else _table(part, text)
        for part, text in zip(document.parts, found.texts, strict=True)
    )
    counted = ", ".join(f"{count} {_WORDS[kind][: -1 if count == 1 else None]}" for kind, count in found.counts.items())
    total = sum(found.counts.values())
    warning = f"{total} credential{'s' * (total > 1)} masked: {counted}"
    return replace(document, parts=parts, warnings=(*document.warnings, warning))


def _cells(table: Table) -> Iterator[str]:
    return (cell.replace("\x1f", " ") for row in table.rows for cell in row.cells)


def _table(table: Table, text: str) -> Table:
    cells = iter(text.split(_BETWEEN))
    return replace(
        table, rows=tuple(replace(row, cells=tuple(next(cells, "") for _ in row.cells)) for row in table.rows)
    )
