"""Finds which side of an opposition (enable or disable, 主库 or 从库) a text stands on."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from bot.text import CJK

if TYPE_CHECKING:
    from collections.abc import Iterator

Pole = tuple[int, int]
"""A group of opposites and a side of it, both by their place in `opposites.txt`."""

_RUN = re.compile(rf"[{CJK}]+|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    whole: Mapping[str, tuple[Pole, ...]]
    stems: Mapping[str, tuple[Pole, ...]]
    longest_han: int
    longest_phrase: int


def poles(folded: str) -> frozenset[Pole]:
    """List the poles in a lower-cased text; the longest term wins, so that 不支持 is not read as 支持."""
    lexicon = _lexicon()
    runs = _RUN.findall(folded)
    found: set[Pole] = set()
    skip = 0
    for place, run in enumerate(runs):
        if run[0].isascii():
            if skip:
                skip -= 1
                continue
            width, hit = _phrase(runs, place, lexicon)
            found.update(hit)
            skip = width - 1
        else:
            skip = 0
            found.update(_han(run, lexicon))
    return frozenset(found)


def _phrase(runs: list[str], place: int, lexicon: _Lexicon) -> tuple[int, tuple[Pole, ...]]:
    """Return how many words the longest term at this place has, and its poles."""
    for width in range(lexicon.longest_phrase, 0, -1):
        hit = lexicon.whole.get(" ".join(runs[place : place + width]))
        if hit and place + width <= len(runs):
            return width, hit
    word = runs[place]
    for end in range(len(word), 2, -1):
        if word[:end] in lexicon.stems:
            return 1, lexicon.stems[word[:end]]
    return 1, ()


def _han(run: str, lexicon: _Lexicon) -> Iterator[Pole]:
    place = 0
    while place < len(run):
        ends = range(min(len(run), place + lexicon.longest_han), place, -1)
        term = next((run[place:end] for end in ends if run[place:end] in lexicon.whole), "")
        yield from lexicon.whole.get(term, ())
        place += len(term) or 1


@functools.cache
def _lexicon() -> _Lexicon:
    text = resources.files("bot.answering").joinpath("opposites.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    whole: dict[str, tuple[Pole, ...]] = {}
    stems: dict[str, tuple[Pole, ...]] = {}
    for group, line in enumerate(lines):
        for side, synonyms in enumerate(line.split("|")):
            for term in (synonym.strip() for synonym in synonyms.split(",")):
                table = stems if term.endswith("*") else whole
                name = term.removesuffix("*")
                table[name] = (*table.get(name, ()), (group, side))
    return _Lexicon(
        whole,
        stems,
        longest_han=max(len(term) for term in whole if not term[0].isascii()),
        longest_phrase=max(len(term.split()) for term in whole),
    )
