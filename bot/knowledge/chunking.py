"""Cuts a document into pieces that follow its headings and never split a code fence or a table row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.diagnosis import codes
from bot.knowledge import markdown, tables
from bot.knowledge.documents import Document, Draft, Piece, Section, Table
from bot.knowledge.wrapping import Span, wrapped
from bot.retrieval import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CATALOGUE_ROWS = 4
"""A table in a page is cut into its rows when it lists this many codes; smaller ones belong to the page's text."""

_NAMED = 5
"""So many rows that are left out are named in a warning."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands under one heading."""

    headings: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def size(self) -> int:
        return sum(len(span.lead) + len(span.text) for span in self.spans)


def split(document: Document, source: str, chunk_chars: int) -> Draft:
    """Cut a document into pieces of about `chunk_chars` characters and find the codes in each.

    Sections that are small are merged, but one whose heading brings another code starts a piece of its own. Only a
    fence, a table row or a question-and-answer row may be longer than `chunk_chars`.
    """
    title = _title(document, source)
    pieces: list[Piece] = []
    warnings = list(document.warnings)
    for part in document.parts:
        if isinstance(part, Table):
            warnings += _left_out(part)
            pieces += tables.pieces(part, title, source, chunk_chars)
        else:
            pieces += _section(part, title, source, chunk_chars)
    finished = tuple(_coded(piece, title, source) for piece in pieces)
    return Draft(title, finished, document.url, tuple(warnings))


def _left_out(table: Table) -> list[str]:
    rows = tables.incomplete(table)
    if not rows:
        return []
    named = ", ".join(map(str, rows[:_NAMED])) + (" …" if len(rows) > _NAMED else "")
    sheet = f" of sheet {table.sheet!r}" if table.sheet else ""
    return [f"{len(rows)} rows{sheet} without a question or an answer were left out: {named}"]


def _title(document: Document, source: str) -> str:
    return document.title or _first_heading(document) or PurePosixPath(source).stem


def _first_heading(document: Document) -> str:
    first = document.parts[0] if document.parts else None
    if not isinstance(first, Section) or not first.markdown:
        return ""
    headings = [block for block in markdown.blocks(first.text) if block.kind == "heading"]
    return headings[0].heading if headings and headings[0].level == 1 else ""


def _section(section: Section, title: str, source: str, limit: int) -> Iterator[Piece]:
    source_lines = section.text.split("\n")
    if section.markdown:
        parts = _parts(section, source_lines, title, source, limit)
    else:
        parts = [_Part(section.headings, tuple(wrapped(source_lines, 0, len(source_lines), limit)))]
    for headings, spans in _packed(parts, limit):
        yield _piece(section, headings, spans)


def _parts(section: Section, lines: list[str], title: str, source: str, limit: int) -> list[_Part]:
    parts: list[_Part] = []
    stack: list[tuple[int, str]] = []
    spans: list[Span] = []
    path = section.headings
    for block in markdown.blocks(section.text):
        if block.kind == "heading":
            parts.append(_Part(path, tuple(spans)))
            stack = [entry for entry in stack if entry[0] < block.level] + [(block.level, block.heading)]
            path = section.headings + tuple(text for _, text in stack if text and text != title)
            text = "\n".join(lines[block.start : block.end]).strip()
            spans = [Span(text, block.start, block.end, is_heading=True)]
        elif block.kind == "fence":
            spans.append(Span("\n".join(lines[block.start : block.end]).rstrip(), block.start, block.end))
        elif block.kind == "table":
            spans += _table(lines, block, (title, path, source), limit)
        else:
            spans += wrapped(lines, block.start, block.end, limit)
    parts.append(_Part(path, tuple(spans)))
    return [part for part in parts if part.spans]


def _table(
    lines: list[str], block: markdown.Block, context: tuple[str, tuple[str, ...], str], limit: int
) -> list[Span]:
    head = "\n".join(lines[block.start : block.start + 2])
    rows = [(number, lines[number]) for number in range(block.start + 2, block.end) if lines[number].strip()]
    column = [next(iter(markdown.cells(line)), "") for _, line in rows]
    title, headings, source = context
    alone = len(rows) >= _CATALOGUE_ROWS and tables.holds_codes(title, headings, source, column)
    groups: list[list[int]] = []
    size = 0
    for position, (_, line) in enumerate(rows):
        if not groups or alone or size + len(line) > limit - len(head):
            groups.append([])
            size = 0
        groups[-1].append(position)
        size += len(line) + 1
    return [
        Span(
            "\n".join([head, *(rows[position][1] for position in group)]),
            block.start if first else rows[group[0]][0],
            rows[group[-1]][0] + 1,
            column=tuple(column[position] for position in group),
            alone=alone,
        )
        for first, group in ((number == 0, group) for number, group in enumerate(groups))
    ] or [Span(head, block.start, block.end)]


def _packed(parts: Sequence[_Part], limit: int) -> Iterator[tuple[tuple[str, ...], list[Span]]]:
    held: list[Span] = []
    headings: tuple[str, ...] = ()
    for part in parts:
        if held and _starts_anew(held, headings, part, limit):
            yield headings, held
            held = []
        headings = part.headings if _only_headings(held) else _shared(headings, part.headings)
        for span in part.spans:
            if held and not _only_headings(held) and (_overflows(held, span, limit) or span.alone):
                yield headings, held
                held, headings = [], part.headings
            held.append(span)
            if span.alone:
                yield part.headings, held
                held = []
    if held:
        yield headings, held


def _starts_anew(held: Sequence[Span], headings: tuple[str, ...], part: _Part, limit: int) -> bool:
    if _only_headings(held):
        return False
    size = _size(held)
    fresh = set(codes.extract("\n".join(part.headings))) - set(codes.extract("\n".join(headings)))
    return bool(fresh) or size >= limit / 2 or size + part.size > limit


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return first[:same]


def _only_headings(spans: Sequence[Span]) -> bool:
    return all(span.is_heading for span in spans)


def _overflows(held: Sequence[Span], span: Span, limit: int) -> bool:
    return _size(held) + len(span.lead) + len(span.text) > limit


def _size(spans: Sequence[Span]) -> int:
    return sum(len(span.lead) + len(span.text) for span in spans) - len(spans[0].lead)


def _piece(section: Section, headings: tuple[str, ...], spans: Sequence[Span]) -> Piece:
    text = spans[0].text + "".join(span.lead + span.text for span in spans[1:])
    column = "\n".join(cell for span in spans for cell in span.column)
    return Piece(
        text=text,
        headings=headings,
        page=section.page,
        line_start=None if section.line is None else section.line + spans[0].start,
        line_end=None if section.line is None else section.line + spans[-1].end - 1,
        defines=(column,) if column else (),
    )


def _coded(piece: Piece, title: str, source: str) -> Piece:
    """Fill in the codes; until here `defines` carries the first column of the piece's tables."""
    column = "\n".join(piece.defines) or None
    defines = codes.defined(piece.title or title, piece.headings, source, piece.question, column)
    found = codes.extract("\n".join((piece.title or title, *piece.headings, piece.question or "", piece.text)))
    return replace(
        piece,
        defines=defines,
        codes=tuple(dict.fromkeys((*defines, *found))),
        lines=tuple(lines.templates(piece.text)) if defines else (),
    )
