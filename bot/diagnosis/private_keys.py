"""Private keys in PEM (RFC 7468), whole or cut off, and with whatever a log has put before their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.diagnosis.rules import Span

MARK = "PRIVATE KEY"
_EDGE = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_LINES = re.compile(r"(?:(?:\s|\\[nr]|[>|])*+[A-Za-z0-9+/]{24,}+={0,2})*+")
_LINE = re.compile(
    r"[^\n]{0,200}?(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{48,}+={0,2}[^\nA-Za-z0-9]{0,8}(?:\\n[^\nA-Za-z0-9]{0,8})?$"
)
_LAST_LINE = re.compile(r"(?:[^\n]{0,80}\s)?[A-Za-z0-9+/]{1,75}={0,2}\s{0,4}$")
_LONGEST, _MOST_LINES = 300, 200
"""Characters of a line with what stands before it, and lines of a key of 16,384 bits."""


def blocks(text: str) -> Iterator[Span]:
    """Yield the spans of private keys from BEGIN to END, apart and in order; of one that was cut off, its lines.

    A log may have put something before each of its lines. An END without lines of a key before it is no key.
    """
    last = 0
    edges = list(_EDGE.finditer(text))
    for edge, after in zip(edges, [*edges[1:], None], strict=False):
        if edge[1] == "END":
            start = _lines_before(text, last, edge.start())
            if last <= start < edge.start():
                yield start, edge.end()
            last = edge.end()
        elif after is not None and after[1] == "END":
            yield edge.start(), after.end()
            last = after.end()
        else:
            last = _lines_behind(text, edge.end(), len(text) if after is None else after.start())
            yield edge.start(), last


def _lines_behind(text: str, start: int, limit: int) -> int:
    """Return where, before `limit`, the lines end that look like those of a key."""
    lines = _LINES.match(text, start, limit)
    end = lines.end() if lines else start
    at = text.find("\n", start, limit) + 1
    for _ in range(_MOST_LINES):
        stop = text.find("\n", at, limit) if at else -1
        stop = limit if stop < 0 else stop
        if not at or stop - at > _LONGEST or not _LINE.match(text[at:stop]):
            break
        end, at = max(end, stop), stop + 1 if stop < limit else 0
    return end


def _lines_before(text: str, limit: int, end: int) -> int:
    """Return where, behind `limit`, the lines begin that look like those of a key; `end` where there are none."""
    if limit >= end:
        return end
    start, begin, known = end, max(limit, text.rfind("\n", limit, end) + 1), _LAST_LINE
    for _ in range(_MOST_LINES):
        at = max(limit, text.rfind("\n", limit, begin - 1) + 1) if begin > limit else begin
        line = text[at : begin - 1]
        is_whole = at < begin - 1 and len(line) <= _LONGEST and _LINE.match(line) is not None
        if not is_whole and (not line or len(line) > _LONGEST or not known.match(line)):
            break
        if is_whole:
            start = at
        begin, known = at, _LINE
    return start
