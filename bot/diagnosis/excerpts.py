"""What is kept of a text that is too long to be read whole: its ends, and the lines that name errors between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK = 20
"""Lines that are looked through at once; most lines of a log name no error."""


class Excerpt(NamedTuple):
    """A text as it was kept, with a mark in each gap, and how many characters were left out."""

    text: str
    left_out: int


def excerpt(text: str, room: int, mark: Callable[[int], str]) -> Excerpt:
    """Keep about `room` characters: half for the beginning, a quarter for the end, the rest for lines with new codes.

    `mark(count)` words the gap of so many characters; marks come on top of `room`. Lines are kept whole where the
    ends are not one single line.
    """
    if len(text) <= room:
        return Excerpt(text, 0)
    first, last = _whole_lines(text, room)
    kept, at, left_out = [text[:first].rstrip("\n")], first, 0
    for start, end in _naming(text, first, last, room // 4):
        kept += [*_gap(start - at, mark), text[start:end]]
        left_out += start - at
        at = end + 1
    left_out += max(last - at, 0)
    kept += [*_gap(last - at, mark), text[last:]]
    return Excerpt("\n".join(kept), left_out)


def _gap(count: int, mark: Callable[[int], str]) -> list[str]:
    return [f"[{mark(count)}]"] if count > 0 else []


def _whole_lines(text: str, room: int) -> tuple[int, int]:
    """Return where the beginning ends and the end begins, at line ends where there are any near."""
    first, last = room // 2, len(text) - room // 4
    line_end = text.rfind("\n", first // 2, first)
    line_start = text.find("\n", last, len(text) - room // 8)
    return (line_end + 1 if line_end >= 0 else first), (line_start + 1 if line_start >= 0 else last)


def _naming(text: str, first: int, last: int, room: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of the lines between that name an error which no line before them named."""
    known = set(codes.strict(text[:first]))
    for block in _blocks(text, first, last):
        if known.issuperset(codes.strict(text[block[0][0] : block[-1][1]])):
            continue
        for start, end in block:
            named = set(codes.strict(text[start:end]))
            if named <= known or end - start > room:
                continue
            room -= end - start
            known |= named
            yield start, end


def _blocks(text: str, first: int, last: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the lines between, some at a time."""
    block: list[tuple[int, int]] = []
    at = first
    while at < last:
        end = text.find("\n", at, last)
        end = last if end < 0 else end
        block.append((at, end))
        at = end + 1
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block
