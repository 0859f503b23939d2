"""Cuts a passage into sections and quotable units: sentences, list items, table rows, labelled lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sentences import Piece, blocks, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADING_CHARS = 60

_ENDS = re.compile(r"[.。!！?？;；:：,，、|]\s*$")
_LABELLED = re.compile(r"^\s*(?P<label>[^\s:：|`]{1,12}(?: [^\s:：|`]{1,12})?)[:：]\s*(?=\S)(?!//)")
_NUMBERED = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2})*[.、]?\s+\S")


@dataclass(frozen=True, slots=True)
class Unit:
    """One quotable statement and the section (by number) that it stands in."""

    text: str
    section: int


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: the heading (or a row's label) and the pieces in order."""

    heading: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The section's own text without its heading."""
        return "".join(piece.text for piece in self.pieces).strip()


def sections(text: str) -> list[Section]:
    """Cut a text at its headings, at short lines that look like headings, and at labelled lines (`原因: …`)."""
    found: list[Section] = []
    for heading, body in _cut(text):
        held = tuple(piece for block in body for piece in _lines(block))
        if held and any(piece.text.strip() for piece in held):
            found.append(Section(heading, held))
    return found


def units(found: list[Section]) -> list[Unit]:
    """List the quotable statements of sections; a code fence belongs to the statement before it."""
    listed: list[Unit] = []
    for number, section in enumerate(found):
        for piece in section.pieces:
            follows = bool(listed) and listed[-1].section == number
            if piece.kind == "code" and follows:
                listed[-1] = Unit(f"{listed[-1].text}\n{piece.text}", number)
            elif piece.text.strip() and not _is_rule(piece):
                listed.append(Unit(piece.text.strip(), number))
    return listed


def _cut(text: str) -> Iterator[tuple[str, list[Piece]]]:
    heading, body = "", list[Piece]()
    for piece in _opened(text):
        label = _LABELLED.match(piece.text) if piece.kind == "prose" else None
        if piece.kind == "heading" or label:
            yield heading, body
            heading, body = (label.group("label") if label else piece.text.strip(" #\n")), []
        if piece.kind != "heading":
            body.append(piece)
    yield heading, body


def _opened(text: str) -> Iterator[Piece]:
    """Split paragraphs at lines that are headings, table-like rows or labelled, as PDF pages and rows have them."""
    for block in blocks(text):
        lines = block.text.splitlines(keepends=True)
        if block.kind == "item" and len(lines) == 1 and _NUMBERED.match(block.text) and _looks_like_heading(block.text):
            yield Piece("item", block.text)
        elif block.kind != "prose" or len(lines) == 1:
            yield block
        else:
            yield from _paragraph(lines)


def _paragraph(lines: list[str]) -> Iterator[Piece]:
    longest = max(len(line) for line in lines)
    held = ""
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if _looks_like_heading(line) and len(following) > len(line) and not held:
            yield Piece("heading", line)
            continue
        held += line
        is_wrapped = len(line) >= 0.7 * longest and not _ENDS.search(line) and not _LABELLED.match(following)
        if not is_wrapped:
            yield Piece("prose", held)
            held = ""
    if held:
        yield Piece("prose", held)


def _looks_like_heading(line: str) -> bool:
    return len(line.strip()) <= HEADING_CHARS and not _ENDS.search(line) and not _LABELLED.match(line)


def _lines(block: Piece) -> list[Piece]:
    return pieces(block.text) if block.kind == "prose" else [block]


def _is_rule(piece: Piece) -> bool:
    """Tell the line between a table's head and its body, which says nothing."""
    return piece.kind == "table" and not re.search(r"\w", piece.text)
