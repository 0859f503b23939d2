"""The off-topic questions that are shipped: what no knowledge base of a company is expected to answer."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from bot.text import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def questions(language: Language) -> tuple[str, ...]:
    """Return the shipped everyday questions of one language, of mixed lengths."""
    text = resources.files("bot.retrieval").joinpath(f"offtopic.{language}.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def background(language: Language) -> Mapping[str, int]:
    """Return in how many of the questions each token occurs: how people ask, whatever they ask about.

    Added to an index's own document frequencies as a prior, it tells function words from content words where the
    index is too small to know; in a large index it changes nothing.
    """
    return Counter(token for question in questions(language) for token in set(tokens(question)))
