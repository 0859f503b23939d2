"""Quotes a whole page about an error in the order in which one works: happened, causes, confirming, fix, risk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.backends.offline import intent
from bot.backends.offline.structure import sections
from bot.sentences import blocks

if TYPE_CHECKING:
    from bot.backends.offline.scoring import Candidate
    from bot.types import Chunk, Prompt

LEAST = 3
"""A page with fewer of these sections has no such shape, and the section that fits is quoted as ever."""

SECTION_CHARS = 1_000
"""Of a longer section the first blocks are quoted."""

_HAPPENED = re.compile(r"happened|symptom|description|发生了什么|现象|症状", re.IGNORECASE)
_ORDER = ("happened", "cause", "diagnosis", "fix", "risk")
_WORKING = frozenset({None, "fix"})
"""Who asks for the cause alone, or the risk, gets that; who asks what to do, or only pastes, gets the page."""


class Part(NamedTuple):
    """What a page says under one of its headings, and the number of the passage that says it."""

    heading: str
    text: str
    number: int


def parts(candidate: Candidate, prompt: Prompt) -> list[Part]:
    """Return the sections of the candidate's page in order, each under its own heading; nothing where another is meant.

    The page must be the one that defines an error code, so that all of it is about what was asked.
    """
    chunk = prompt.passages[candidate.number - 1].chunk
    if prompt.shape != "error" or not chunk.defines or intent.asked(intent.spoken(prompt.question)) not in _WORKING:
        return []
    found: dict[str, Part] = {}
    for number, each in sorted(_of_page(chunk, prompt), key=lambda pair: pair[1].place.line_start or 0):
        for section in sections(each.text):
            kind = "happened" if _HAPPENED.search(section.heading) else intent.answers(section.heading)
            if kind is not None and section.text:
                found.setdefault(kind, Part(section.heading, _beginning(section.text), number))
    return [found[kind] for kind in _ORDER if kind in found] if len(found) >= LEAST else []


def _of_page(chunk: Chunk, prompt: Prompt) -> list[tuple[int, Chunk]]:
    """Return the passages of the same document that define the same codes, with their numbers."""
    own = set(chunk.defines)
    numbered = enumerate((passage.chunk for passage in prompt.passages), 1)
    return [(n, each) for n, each in numbered if each.document == chunk.document and own & set(each.defines)]


def _beginning(text: str) -> str:
    """Return the whole blocks that fit, at least the first."""
    kept = ""
    for block in blocks(text):
        if kept and len(kept) + len(block.text) > SECTION_CHARS:
            break
        kept += block.text
    return kept.strip()
