"""Normalised text, tokens and language: the one place that decides what counts as a word."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.types import Language

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
"""Character ranges without spaces between words: kana, Han (with extensions A to G), Hangul."""

_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[-_.][^\W_{CJK}]+)*")
_JOINER = re.compile(r"[-_.]")
_CJK_START = re.compile(rf"[{CJK}]")
_CONTROL = {code: " " for code in (*range(32), 127) if chr(code) not in "\n\t"}


def normalise(text: str) -> str:
    """Fold full-width forms (NFKC), drop control characters, and lower the case."""
    return unicodedata.normalize("NFKC", text).translate(_CONTROL).lower()


def tokens(text: str) -> list[str]:
    """Split text into search tokens, in order, with repeats.

    Runs of CJK become overlapping bigrams (a run of one character stays), everything else lower-cased words;
    identifiers and codes stand both whole and in parts: `ORA-01555` gives `ora-01555`, `ora`, `01555`.
    """
    return list(_tokens(normalise(text)))


def language(text: str) -> Language:
    """Tell Chinese from English by the share of CJK characters among letters; text without letters is English."""
    cjk = sum(1 for _ in re.finditer(rf"[{CJK}]", text))
    words = len(re.findall(rf"[^\W\d_{CJK}]+", text))
    return "zh" if cjk > words else "en"


def _tokens(text: str) -> Iterator[str]:
    for match in _RUN.finditer(text):
        run = match.group()
        if _CJK_START.match(run):
            yield from _bigrams(run)
            continue
        yield run
        parts = _JOINER.split(run)
        if len(parts) > 1:
            yield from parts


def _bigrams(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for first, second in itertools.pairwise(run):
        yield first + second
