"""Chooses how much of a passage is quoted around the unit that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends.offline import intent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.backends.offline.structure import Section

SECTION_CHARS = 700
"""A section up to this long is quoted whole; of a longer one the lines around the unit."""

PAGE_CHARS = 1_400
"""A page about an error code is quoted with its fix while both stay under this."""


def quote(unit: str, section: Section, page: Sequence[Section]) -> str:
    """Return the section that the unit stands in, or the lines around it.

    On a page about an error code (`page` holds its sections) the fix follows, since that is what the asker needs.
    """
    chosen = section.text if len(section.text) <= SECTION_CHARS else _around(section.text, unit)
    if intent.answers(section.heading) == "fix":
        return chosen
    fixes = [other.text for other in page if other is not section and intent.answers(other.heading) == "fix"]
    if not fixes or len(chosen) + len(fixes[0]) > PAGE_CHARS:
        return chosen
    return f"{chosen}\n\n{fixes[0]}"


def _around(text: str, unit: str) -> str:
    """Return whole lines around the unit, one line before and what follows, up to the limit."""
    start = max(text.find(unit), 0)
    before = text.rfind("\n", 0, max(text.rfind("\n", 0, start), 0)) + 1
    first = before if start - before <= SECTION_CHARS // 2 else start
    end = start + len(unit)
    while end < len(text):
        following = text.find("\n", end + 1)
        stop = len(text) if following < 0 else following
        if stop - first > SECTION_CHARS:
            break
        end = stop
    return text[first:end].strip()
