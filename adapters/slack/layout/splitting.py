"""Splits Markdown or mrkdwn into parts that fit: after paragraphs, then sentences, then words, then characters.

A part never ends inside a link, inline code, an entity or a written character, unless one of them alone is too long;
a code fence that must be parted is closed and opened again.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from adapters.slack.layout import graphemes, seams
from adapters.slack.layout.seams import PARAGRAPH, SENTENCE, WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.slack.layout.seams import Seams

LEAST_SHARE = 3
"""A part is at least a third full before it ends at a better seam instead of a later one."""

SHORTEST = 100
"""The least limit: a fence's marks and one link's worth of text fit."""


def units(text: str) -> int:
    """Count a text as Slack may, in UTF-16: an emoji is two, so that no way of counting finds more."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int) -> list[str]:
    """Return `text` in parts of at most `limit` units each, without blank ones; `limit` is at least `SHORTEST`.

    Nothing is lost but white space between the parts.
    """
    if limit < SHORTEST:
        message = f"A limit of {limit!r} is too short to split at; give at least {SHORTEST}."
        raise ValueError(message)
    text = seams.closed(text)
    if units(text) <= limit:
        return [text.strip("\n")] if text.strip() else []
    return [part for part in _parts(text, limit, seams.find(text)) if part.strip()]


def first(text: str, limit: int) -> str:
    """Return as much of a marked-up text as fits, with `…` where something is left out."""
    parts = split(text, limit - 2) if units(text) > limit else [text]
    if len(parts) < 2:  # noqa: PLR2004 - one, or none
        return text
    return parts[0] + ("\n…" if seams.ends_in_code(parts[0]) else "…")


def cut(text: str, limit: int) -> str:
    """Return as much of a plain line as fits, with `…` where something is left out."""
    if units(text) <= limit:
        return text
    end = _reach(text, 0, limit - 1)
    while not graphemes.parts_at(text, end):
        end -= 1
    return text[: end or _reach(text, 0, limit - 1)].rstrip() + "…"


def packed(lines: Sequence[str], limit: int) -> list[str]:
    """Stand lines, none of which is longer than `limit`, under each other in as few texts as hold them."""
    texts: list[str] = []
    for line in lines:
        if texts and units(texts[-1]) + 1 + units(line) <= limit:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _parts(text: str, limit: int, found: Seams) -> Iterator[str]:
    start, opening = 0, ""
    while start < len(text):
        end = _end(text, start, limit - units(opening), found)
        body = text[start:end] if opening or start == 0 or text[start - 1] == "\n" else text[start:end].lstrip(" \t")
        fence = found.fence(end)
        if fence is None:
            yield (opening + body).strip("\n")
            opening = ""
        else:
            yield f"{opening}{body.rstrip(chr(10))}\n{fence.closing}".lstrip("\n")
            opening = f"{fence.opening}\n"
        start = end


def _end(text: str, start: int, room: int, found: Seams) -> int:
    """Return where the part that begins at `start` ends; further than `start`."""
    if units(text[start:]) <= room:
        return len(text)
    last = _reach(text, start, room)
    closings = [units(fence.closing) + 1 for fence in found.fences if fence.start < last and fence.end > start]
    last = max(start + 1, _reach(text, start, room - max(closings, default=0)))
    least = start + (last - start) // LEAST_SHARE
    first, after = bisect_right(found.marks, (least, PARAGRAPH)), bisect_right(found.marks, (last, PARAGRAPH))
    within = [(rank, position) for position, rank in found.marks[first:after]]
    for least_rank in (PARAGRAPH, SENTENCE, WORD):
        fitting = [position for rank, position in within if rank >= least_rank]
        if fitting:
            return fitting[-1]
    return _between_characters(text, start, last, found)


def _between_characters(text: str, start: int, last: int, found: Seams) -> int:
    for holds in (found.is_held, lambda _: False):
        for end in range(last, start, -1):
            if not holds(end) and graphemes.parts_at(text, end):
                return end
    return last


def _reach(text: str, start: int, room: int) -> int:
    """Return how far `room` units go from `start`."""
    end = min(len(text), start + room)
    while (over := units(text[start:end]) - room) > 0:
        end -= (over + 1) // 2
    return end
