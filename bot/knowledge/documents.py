"""What a reader makes of a file: stretches of text and tables with their anchors, and the pieces cut from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text; `page` and `line` count from 1, `line` is that of its first line in the source file.

    `markdown` says whether headings, fences and tables in it mean something; `headings` is the path above it.
    """

    text: str
    markdown: bool = True
    page: int | None = None
    line: int | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `number` is what a spreadsheet shows beside it, or the line of a JSONL file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one header; `sheet` names the sheet unless it is the first of its file."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as its reader understood it; `title` is empty where the file does not name itself.

    `confidence`, 0 to 1, says how sure the characters of a picture are; those of any other file are what they are.
    """

    parts: tuple[Section | Table, ...]
    title: str = ""
    url: str | None = None
    warnings: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A future chunk without its identity. `key` is a row's own id, `row` and `sheet` say where it stands instead.

    `entry` marks a question-and-answer row, which is a document of its own; `title` then overrides the file's.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None
    row: int | None = None
    line_start: int | None = None
    line_end: int | None = None
    sheet: str = ""
    entry: bool = False
    key: str = ""
    title: str = ""
    url: str | None = None
    question: str | None = None
    defines: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A file cut into pieces, ready to be named and indexed."""

    title: str
    pieces: tuple[Piece, ...]
    url: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """A file's text in one piece, as it stands beside a question, what is missing from it, and how sure it is."""

    text: str = field(repr=False)
    warnings: tuple[str, ...] = ()
    confidence: float | None = None


_TUPLES = ("headings", "defines", "codes", "lines")


def to_json(draft: Draft) -> dict[str, Any]:
    """Turn a draft into plain data for the pipe between the reading process and ours."""
    return asdict(draft)


def from_json(data: dict[str, Any]) -> Draft:
    """Rebuild a draft; raises `KeyError` or `TypeError` when `data` is not one."""
    pieces = tuple(Piece(**{**piece, **{name: tuple(piece[name]) for name in _TUPLES}}) for piece in data["pieces"])
    return Draft(title=data["title"], pieces=pieces, url=data["url"], warnings=tuple(data["warnings"]))
