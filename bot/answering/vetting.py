"""The second check of an answer: its commands against the passages it cites, and headings with nothing under them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import sentences
from bot.diagnosis import commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.factcheck import Checked
    from bot.sentences import Piece
    from bot.types import Passage, Question

_LEVEL = re.compile(r"\s*(#{1,6})\s")


def vet(checked: Checked, passages: Sequence[Passage], question: Question) -> Checked:
    """Take out commands that no cited passage holds, and mark those that destroy.

    A passage that only carried sentences which are gone is no source any more.
    """
    sources = [passages[number - 1].chunk.searchable for number in checked.support]
    found = commands.vet(checked.text, sources, question.text, question.language)
    gone = {sentences.without_markers(piece).strip() for piece in found.dropped}
    support = {
        number: rest
        for number, carried in checked.support.items()
        if (rest := tuple(sentence for sentence in carried if sentence not in gone))
    }
    return replace(
        checked,
        text=tidied(found.text) if checked.dropped or found.removed else found.text,
        support=support,
        kept=max(0, checked.kept - len(found.dropped)) if support else 0,
        commands=found.removed,
        destructive=found.marked,
    )


def tidied(text: str) -> str:
    """Drop the headings under which nothing stands."""
    kept: list[Piece] = []
    level = 0
    for piece in reversed(sentences.blocks(text)):
        if piece.kind == "heading":
            own = _depth(piece)
            if level == 0 or own >= level > 0:
                continue
            level = own
        elif piece.kind != "blank":
            level = 7
        kept.append(piece)
    return "".join(piece.text for piece in reversed(kept)).strip()


def _depth(heading: Piece) -> int:
    match = _LEVEL.match(heading.text)
    return len(match[1]) if match else 1
