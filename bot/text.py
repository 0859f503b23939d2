"""Normalised text, tokens and language: the one place that decides what counts as a word."""

from __future__ import annotations

import operator
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.types import Language

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
"""Character ranges without spaces between words: kana, Han (with extensions A to G), Hangul."""

_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[-_.][^\W_{CJK}]+)*")
_JOINER = re.compile(r"[-_.]")
_CJK = re.compile(rf"[{CJK}]")
_LATIN = re.compile(rf"[^\W\d_{CJK}]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WIDE_OR_NARROW = (0x3000, *range(0xFF01, 0xFFEF))
_WIDTHS = {point: unicodedata.normalize("NFKC", chr(point)) for point in _WIDE_OR_NARROW}


def normalise(text: str) -> str:
    """Fold full-width forms (NFKC), turn control characters into spaces, and lower the case."""
    return _CONTROL.sub(" ", unicodedata.normalize("NFKC", text)).lower()


def alike(text: str) -> str:
    """Fold what two people type differently and mean alike: the width of characters, and white space.

    Keeps what `normalise` folds beyond that, since an answer may hang on it: `-R` is not `-r`, and 2⁸ not 28.
    """
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text.translate(_WIDTHS))).split())


def storable(text: str) -> str:
    """Replace lone surrogates, which arguments and pasted bytes that are not UTF-8 hold and no store can keep."""
    return text.encode("utf-8", "replace").decode()


def tokens(text: str) -> list[str]:
    """Split text into search tokens, in order, with repeats.

    Runs of CJK become overlapping bigrams (a run of one character stays), everything else lower-cased words;
    identifiers and codes stand both whole and in parts: `ORA-01555` gives `ora-01555`, `ora`, `01555`.
    """
    found: list[str] = []
    for run in _RUN.findall(normalise(text)):
        if _CJK.match(run):
            found.extend(map(operator.add, run, run[1:]) if len(run) > 1 else run)
            continue
        found.append(run)
        if not run.isalnum():
            found.extend(_JOINER.split(run))
    return found


def language(text: str) -> Language:
    """Tell Chinese from English by the share of CJK characters among letters; text without letters is English."""
    cjk = sum(1 for _ in _CJK.finditer(text))
    words = len(_LATIN.findall(text))
    return "zh" if cjk > words else "en"
