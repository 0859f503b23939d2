"""What is kept of a text that is too long to be read whole: its ends, and between them what a log or codes tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis import codes, pastes
from bot.diagnosis.logs import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.diagnosis.logs.kinds import Kind
    from bot.diagnosis.logs.reading import Log

_BLOCK = 20
"""Lines that are looked through at once; most lines of a text name no error."""

_SHARE = 4
"""The line of a deepest cause is shown with this part of the room before it."""

_EVENT = 3
"""Only the root takes more than this part of the room for errors."""

_Span = tuple[int, int]


class Excerpt(NamedTuple):
    """A text as it was kept, with a mark in each gap, how many characters were left out, and what it tells as a log."""

    text: str
    left_out: int
    log: Log | None = None


def excerpt(text: str, room: int, mark: Callable[[int], str]) -> Excerpt:
    """Keep about `room` characters: half for the beginning, a quarter for the end, the rest for errors between them.

    Of a log the ends have half of that, and its root comes first, then each other kind of error once, by importance;
    of any other text the lines with new codes. `mark(count)` words the gap of so many characters; marks come on top
    of `room`. Lines are kept whole where the ends are not one single line.
    """
    if len(text) <= room:
        return Excerpt(text, 0)
    log = pastes.read(text)
    if not pastes.is_log(log):
        first, last = _whole_lines(text, room // 2, room // 4)
        return _joined(text, (first, last), _naming(text, first, last, room // 4), mark)
    first, last = _whole_lines(text, room // 4, room // 8)
    spans = _telling(text, log, (first, last), room - first - (len(text) - last))
    return _joined(text, (first, last), spans, mark)._replace(log=log)


def _joined(text: str, ends: _Span, between: Iterable[_Span], mark: Callable[[int], str]) -> Excerpt:
    """Put the ends and the spans between them, which are in order, together."""
    first, last = ends
    kept, at, left_out = [text[:first].rstrip("\n")], first, 0
    for start, end in between:
        kept += [*_gap(start - at, mark), text[start:end]]
        left_out += max(start - at, 0)
        at = end + 1
    left_out += max(last - at, 0)
    kept += [*_gap(last - at, mark), text[last:]]
    return Excerpt("\n".join(kept), left_out)


def _gap(count: int, mark: Callable[[int], str]) -> list[str]:
    return [f"[{mark(count)}]"] if count > 0 else []


def _whole_lines(text: str, beginning: int, end: int) -> _Span:
    """Return where the beginning ends and the end begins, at line ends where there are any near."""
    first, last = beginning, len(text) - end
    line_end = text.rfind("\n", first // 2, first)
    line_start = text.find("\n", last, len(text) - end // 2)
    return (line_end + 1 if line_end >= 0 else first), (line_start + 1 if line_start >= 0 else last)


def _telling(text: str, log: Log, ends: _Span, room: int) -> list[_Span]:
    """Return the lines of the root and of the other kinds that have room, in order and apart."""
    first, last = ends
    ordered = reading.important(log.kinds)
    starts = _line_starts(text, {max(kind.number - len(kind.before) * (not at), 1) for at, kind in enumerate(ordered)})
    found: list[_Span] = []
    for at, kind in enumerate(ordered):
        start = starts[max(kind.number - len(kind.before) * (not at), 1)]
        for begun, end in _of_kind(text, kind, start, room if not at else min(room, room // _EVENT)):
            if begun >= first and end <= last and end - begun <= room:
                found.append((begun, end))
                room -= end - begun
    return _apart(sorted(found))


def _of_kind(text: str, kind: Kind, start: int, room: int) -> Iterator[_Span]:
    """Yield the first lines of a kind's first event, and the line of its deepest cause where that is farther down."""
    least = min(start + room // 2, len(text))
    end, at = start, start
    for _ in range(kind.size + len(kind.before)):
        at = text.find("\n", at) if at <= len(text) else -1
        at = len(text) if at < 0 else at
        if at > least:
            break
        end = at
        at += 1
    if end > start:
        yield start, end
    deepest = text.find(kind.message[:_BLOCK], start, start + sum(map(len, kind.texts)) + 2 * len(kind.texts))
    if deepest >= end:
        begun = max(text.rfind("\n", start, deepest) + 1, deepest - room // _SHARE)
        stop = text.find("\n", deepest)
        yield begun, min(len(text) if stop < 0 else stop, begun + room // 2)


def _line_starts(text: str, numbers: set[int]) -> dict[int, int]:
    """Return where the lines of these numbers, counted from one, begin."""
    found, at, number = {}, 0, 1
    for wanted in sorted(numbers):
        while number < wanted:
            at = text.find("\n", at) + 1
            number += 1
        found[wanted] = at
    return found


def _apart(spans: list[_Span]) -> list[_Span]:
    """Join spans that overlap or touch."""
    found: list[_Span] = []
    for start, end in spans:
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _naming(text: str, first: int, last: int, room: int) -> Iterator[_Span]:
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


def _blocks(text: str, first: int, last: int) -> Iterator[list[_Span]]:
    """Yield the lines between, some at a time."""
    block: list[_Span] = []
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
