"""The off-topic questions that are shipped: what no knowledge base of a company is expected to answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from bot.text import tokens

if TYPE_CHECKING:
    from bot.types import Language


@dataclass(frozen=True, slots=True)
class Background:
    """How people ask, whatever they ask about: how many questions there are, and in how many each token occurs."""

    total: int
    frequencies: Mapping[str, int]


LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def questions(language: Language) -> tuple[str, ...]:
    """Return the shipped everyday questions of one language, of mixed lengths."""
    return _lines(f"offtopic.{language}.txt")


@cache
def background(language: Language) -> Background:
    """Count the tokens of the everyday questions and of some worded as in an office or about an encyclopaedia.

    Added to an index's own document frequencies as a prior, they tell function words from content words where the
    index is too small to know; in a large index they change nothing.
    """
    texts = (*questions(language), *_lines(f"phrasing.{language}.txt"))
    return Background(len(texts), Counter(token for text in texts for token in set(tokens(text))))


def _lines(name: str) -> tuple[str, ...]:
    text = resources.files("bot.retrieval").joinpath(name).read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())
