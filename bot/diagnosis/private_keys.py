"""Private keys in PEM (RFC 7468), whole or cut off, and with whatever a log has put before their lines."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.diagnosis.rules import Span

MARK = "PRIVATE KEY"
_EDGE = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_LINES = re.compile(r"(?:(?:\s|\\[nr]|[>|])*+[A-Za-z0-9+/]{24,}+={0,2})*+")
_LINE = re.compile(r"[^\n]{0,80}?(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}+={0,2}\s{0,4}$")
_LAST_LINE = re.compile(r"(?:[^\n]{0,80}\s)?[A-Za-z0-9+/]{1,75}={0,2}\s{0,4}$")
_MOST_LINES = 200
"""Lines of a key of 16,384 bits."""


def blocks(text: str) -> Iterator[Span]:
    """Yield the spans of private keys from BEGIN to END; of one that was cut off, the lines that look like a key.

    A log may have put something before each of its lines.
    """
    begun = False
    for edge, after in pairwise([*_EDGE.finditer(text), None]):
        if edge is None:
            continue
        if edge[1] == "END":
            if not begun:
                yield _lines_before(text, edge.start()), edge.end()
            begun = False
        elif after is not None and after[1] == "END":
            begun = True
            yield edge.start(), after.end()
        else:
            yield edge.start(), _lines_behind(text, edge.end())


def _lines_behind(text: str, start: int) -> int:
    """Return where the lines end that look like those of a key."""
    lines = _LINES.match(text, start)
    end = lines.end() if lines else start
    at = text.find("\n", start) + 1
    for _ in range(_MOST_LINES):
        stop = text.find("\n", at) if at else -1
        stop = len(text) if stop < 0 else stop
        if not at or not _LINE.match(text[at:stop]):
            break
        end, at = max(end, stop), stop + 1 if stop < len(text) else 0
    return end


def _lines_before(text: str, end: int) -> int:
    """Return where the lines begin, right before `end`, that look like those of a key."""
    last = text.rfind("\n", 0, end) + 1
    start, known = last, _LAST_LINE
    for _ in range(_MOST_LINES):
        at = text.rfind("\n", 0, start - 1) + 1
        if not start or not known.match(text[at : start - 1]):
            break
        start, known = at, _LINE
    return start if _LINE.match(text[start : text.find("\n", start)]) else last
