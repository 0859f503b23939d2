"""Cuts running text at blank lines, then at line ends, then at sentence ends, and only then anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Span:
    """Text that stays in one piece; `lead` stands before it unless it comes first.

    Lines count from 0, `end` is exclusive. `column` holds the first cells of a table's rows. A span that is `alone`
    shares its piece with no other.
    """

    text: str
    start: int
    end: int
    lead: str = "\n\n"
    column: tuple[str, ...] = ()
    is_heading: bool = False
    alone: bool = False


def wrapped(lines: Sequence[str], start: int, end: int, limit: int) -> Iterator[Span]:
    """Yield the text of `lines[start:end]` in spans of at most `limit` characters; only blank lines are lost."""
    for first, last in _paragraphs(lines, start, end):
        text = "\n".join(lines[first:last])
        if len(text) <= limit:
            yield Span(text, first, last)
            continue
        for number in range(first, last):
            lead = "\n\n" if number == first else "\n"
            for position, part in enumerate(_parts(lines[number], limit)):
                yield Span(part, number, number + 1, "" if position else lead)


def _paragraphs(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for number in range(start, end + 1):
        if number == end or not lines[number].strip():
            if number > first:
                yield first, number
            first = number + 1


def _parts(line: str, limit: int) -> Iterator[str]:
    if len(line) <= limit:
        yield line
        return
    held = ""
    for piece in sentences.pieces(line):
        if held and len(held) + len(piece.text) > limit:
            yield held
            held = ""
        held += piece.text
        whole = len(held) // limit * limit
        yield from (held[at : at + limit] for at in range(0, whole, limit))
        held = held[whole:]
    if held:
        yield held
