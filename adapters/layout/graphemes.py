"""Tells where one written character ends: a letter and its accents, an emoji's parts, the two letters of a flag.

A short form of Unicode's rules (UAX 29) for the scripts in use today; where they differ, this one holds more together.
"""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<=[0-9A-Za-z])[\u200c\u200d]+(?=[0-9A-Za-z])"
)
"""Zero-width characters and marks of direction; joiners only where there is nothing to join, as in no emoji and no
Persian or Indic word."""

JOINERS = "\u200c\u200d"
VIRAMA = 9
"""The combining class of the sign that joins two consonants of India."""

_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAGS = range(0x1F1E6, 0x1F200)
_JAMO = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xD7B0, 0xD800))
_LEADING_JAMO = (range(0x1100, 0x1160), range(0xA960, 0xA980))
_SYLLABLES = range(0xAC00, 0xD7B0)
_EXTENDING = frozenset("\u0e33\u0eb3\uff9e\uff9f")
"""Letters by category that are marks to the eye: vowels of Thai and Lao, voicing marks of narrow katakana."""

_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd")
"""Signs that stand before the digits or letters they belong to."""


def parts_at(text: str, position: int) -> bool:
    """Tell whether text may be parted before the character at `position`."""
    if not 0 < position < len(text):
        return True
    before, after = text[position - 1], text[position]
    if (before, after) == ("\r", "\n") or before in _PREPENDED or before in JOINERS:
        return False
    if _extends(after) or _is_syllable(ord(before), ord(after)):
        return False
    return not (_is_conjunct(text, position) or _is_flag(text, position))


def _extends(character: str) -> bool:
    code = ord(character)
    marks = unicodedata.category(character) in {"Mn", "Mc", "Me"}
    return marks or character in JOINERS or character in _EXTENDING or code in _TONES or code in _TAGS


def _is_conjunct(text: str, position: int) -> bool:
    """Tell whether a sign that joins stands among the marks before `position`."""
    start = position
    while start and _extends(text[start - 1]):
        start -= 1
    return any(unicodedata.combining(mark) == VIRAMA for mark in text[start:position])


def _is_syllable(before: int, after: int) -> bool:
    """Tell whether two pieces of Korean are one syllable, spelt in its letters."""
    is_letter = any(after in block for block in _JAMO)
    if after in _SYLLABLES:
        return any(before in block for block in _LEADING_JAMO)
    return is_letter and (before in _SYLLABLES or any(before in block for block in _JAMO))


def _is_flag(text: str, position: int) -> bool:
    """Tell whether the letters around `position` are the two of one flag."""
    start = position
    while start and ord(text[start - 1]) in _FLAGS:
        start -= 1
    return ord(text[position]) in _FLAGS and (position - start) % 2 == 1
