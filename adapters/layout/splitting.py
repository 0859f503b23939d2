"""Splits marked-up text into parts that fit: after paragraphs, then sentences, lines, words, then characters.

A part never ends inside a link, inline code, an entity or a written character, unless one of them alone is too long;
a code fence that must be parted is closed and opened again.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.layout import graphemes, seams
from adapters.layout.seams import LINE, PARAGRAPH, SENTENCE, WORD, Seams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Measure = Callable[[str], int]

LEAST_SHARE = 3
"""A part is at least a third full before it ends at a better seam instead of a later one."""

SHORTEST = 100
"""The least limit: a fence's marks and one link's worth of text fit."""


def units(text: str) -> int:
    """Count a text as Slack may, in UTF-16: an emoji is two, so that no way of counting finds more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def octets(text: str) -> int:
    """Count a text as WeCom does, in bytes of UTF-8: a Chinese character is three, an emoji four."""
    return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, limit: int, measure: Measure = units) -> list[str]:
    """Return `text` in parts that measure at most `limit` each, without blank ones; `limit` is at least `SHORTEST`.

    `measure` counts a text character by character, each as at least one. Nothing is lost but white space between the
    parts.
    """
    if limit < SHORTEST:
        message = f"A limit of {limit!r} is too short to split at; give at least {SHORTEST}."
        raise ValueError(message)
    text = seams.closed(text)
    if measure(text) <= limit:
        return [text.strip("\n")] if text.strip() else []
    return [part for part in _Splitting(text, limit, seams.find(text), measure).parts() if part.strip()]


def first(text: str, limit: int, measure: Measure = units) -> str:
    """Return as much of a marked-up text as fits, with `…` where something is left out."""
    parts = split(text, limit - measure("\n…"), measure) if measure(text) > limit else [text]
    if len(parts) < 2:  # noqa: PLR2004 - one, or none
        return text
    return parts[0] + ("\n…" if seams.ends_in_code(parts[0]) else "…")


def cut(text: str, limit: int, measure: Measure = units) -> str:
    """Return as much of a plain line as fits, with `…` where something is left out."""
    if measure(text) <= limit:
        return text
    reach = end = _reach(text, 0, limit - measure("…"), measure)
    while not graphemes.parts_at(text, end):
        end -= 1
    return text[: end or reach].rstrip() + "…"


def packed(lines: Sequence[str], limit: int, measure: Measure = units) -> list[str]:
    """Stand lines, none of which is longer than `limit`, under each other in as few texts as hold them."""
    texts: list[str] = []
    for line in lines:
        if texts and measure(f"{texts[-1]}\n{line}") <= limit:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


@dataclass(frozen=True, slots=True)
class _Splitting:
    """One text, its seams, and what a part may measure."""

    text: str
    limit: int
    found: Seams
    measure: Measure

    def parts(self) -> Iterator[str]:
        """Yield the parts, some of them blank perhaps."""
        text, start, opening = self.text, 0, ""
        while start < len(text):
            end = self._end(start, self.limit - self.measure(opening))
            body = text[start:end]
            body = body if opening or start == 0 or text[start - 1] == "\n" else body.lstrip(" \t")
            fence = self.found.fence(end)
            if fence is None:
                yield (opening + body).strip("\n")
                opening = ""
            else:
                yield f"{opening}{body.rstrip(chr(10))}\n{fence.closing}".lstrip("\n")
                opening = f"{fence.opening}\n"
            start = end

    def _end(self, start: int, room: int) -> int:
        """Return where the part that begins at `start` ends; further than `start`."""
        if self.measure(self.text[start:]) <= room:
            return len(self.text)
        last, fences = self._reach(start, room), self.found.fences
        closings = [self.measure(fence.closing) + 1 for fence in fences if fence.start < last and fence.end > start]
        last = max(start + 1, self._reach(start, room - max(closings, default=0)))
        least, marks = start + (last - start) // LEAST_SHARE, self.found.marks
        first, after = bisect_right(marks, (least, PARAGRAPH)), bisect_right(marks, (last, PARAGRAPH))
        within = [(rank, position) for position, rank in marks[first:after]]
        for least_rank in (PARAGRAPH, SENTENCE, LINE, WORD):
            fitting = [position for rank, position in within if rank >= least_rank]
            if fitting:
                return fitting[-1]
        return self._between_characters(start, last)

    def _between_characters(self, start: int, last: int) -> int:
        for holds in (self.found.is_held, lambda _: False):
            for end in range(last, start, -1):
                if not holds(end) and graphemes.parts_at(self.text, end):
                    return end
        return last

    def _reach(self, start: int, room: int) -> int:
        return _reach(self.text, start, room, self.measure)


def _reach(text: str, start: int, room: int, measure: Measure) -> int:
    """Return how far `room` goes from `start`."""
    ends = range(start + 1, min(len(text), start + max(room, 0)) + 1)
    return start + bisect_right(ends, room, key=lambda end: measure(text[start:end]))
