"""Reads a ballot's key: its normal form, its number, and what must not differ between keys that mean the same."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.opposites import Pole, poles
from bot.text import language

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_EMBEDDED = re.compile(r"(?<![a-z0-9_])\d[\d,]*(?:\.\d+)?(?![a-z0-9_])|\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_IDENTIFIER = re.compile(r"[a-z0-9_]+(?:[-.][a-z0-9_]+)*")
_HAN_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_NO_NUMERAL = re.compile(
    "一些|一样|一般|一定|一起|统一|唯一|一直|一旦|万一|一下|一切|一致|进一步|之一|一种|一个|十分|千万不|一方面|一边|同一|一并"
)
_NO_NEGATION = re.compile(
    "非常|无线|未来|不断|不仅|不但|不过|不同|不久|不少|不管|不论|无论|除非|非洲|否则|是否|南非|未必|毫不|不得不"
    r"|not only|no\. ?\d"
)
_NEGATION = re.compile(r"[不没无未非否]|n't\b|\b(?:no|not|never|without|cannot|none|neither|nor)\b")


@dataclass(frozen=True, slots=True)
class Key:
    """What clustering needs to know of one key.

    `normal` is what equal keys share; `letters` is compared for likeness; `number` is set for keys that are one number,
    `symbolic` for keys without any letter. `numbers`, `identifiers` and `poles` are veto sets, `negated` the parity of
    negations; `words` are the Latin words of a key that is not Chinese.
    """

    raw: str
    normal: str
    letters: str
    number: Decimal | None
    symbolic: bool
    numbers: frozenset[str]
    identifiers: frozenset[str]
    negated: bool
    poles: frozenset[Pole]
    words: frozenset[str]


@functools.lru_cache(maxsize=4_096)
def read(text: str) -> Key:
    """Read one key."""
    folded = fold(text)
    return Key(
        raw=text,
        normal=normal(text),
        letters="".join(char for char in folded if char.isalnum() or char in "_%"),
        number=number(text),
        symbolic=not any(char.isalpha() for char in folded),
        numbers=_numbers(folded),
        identifiers=_identifiers(folded),
        negated=len(_NEGATION.findall(_NO_NEGATION.sub(" ", folded))) % 2 == 1,
        poles=poles(folded),
        words=frozenset(re.findall(r"[a-z][a-z']+", folded) if language(text) == "en" else ()),
    )


def fold(text: str) -> str:
    """Fold full-width forms, case and typographic apostrophes; a raised digit stays apart from the digit before it."""
    raised = "".join(f"^{c}" if unicodedata.decomposition(c).startswith("<super>") else c for c in text)
    return unicodedata.normalize("NFKC", raised).lower().replace("’", "'")


def normal(text: str) -> str:
    """Reduce a key to what equal keys share.

    White space goes, and thousands commas. Punctuation and quotes go from prose, but `.` and `-` between digits stay;
    a text without letters (a number, an expression) keeps everything, since brackets and operators carry its meaning.
    """
    folded = _THOUSANDS.sub("", fold(text))
    compact = "".join(folded.split())
    if not any(char.isalpha() for char in compact):
        return compact
    kept = (char for place, char in enumerate(compact) if not _is_punctuation(compact, place))
    return "".join(kept) or compact


def number(text: str) -> Decimal | None:
    """Return the number that the whole key is, or None; `1,000` is 1000 and `7.0` is 7."""
    compact = fold(text).strip().rstrip(".")
    return Decimal(compact.replace(",", "")) if _NUMBER.fullmatch(compact) else None


def _is_punctuation(text: str, place: int) -> bool:
    char = text[place]
    if char in "%_" or not unicodedata.category(char).startswith("P"):
        return False
    inside = 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()
    return not (char in ".-" and inside)


def digits(folded: str) -> frozenset[str]:
    """List the numbers written in digits, each in its shortest form."""
    return frozenset(_canonical(match) for match in _EMBEDDED.findall(folded))


def _numbers(folded: str) -> frozenset[str]:
    words = (_han_value(run) for run in _HAN_NUMERAL.findall(_NO_NUMERAL.sub(" ", folded)))
    return digits(folded) | {str(value) for value in words}


def _canonical(written: str) -> str:
    value = Decimal(written.replace(",", "").rstrip("."))
    return format(value.normalize(), "f") if value else "0"


def _han_value(run: str) -> int:
    """Read a Chinese numeral; digits in a row (一九九七) are read one by one."""
    if not any(char in _HAN_UNITS for char in run):
        return int("".join(str(_HAN_DIGITS[char]) for char in run))
    total = section = digit = 0
    for char in run:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
            continue
        unit = _HAN_UNITS[char]
        if unit >= _HAN_UNITS["万"]:
            total, section = total + max(section + digit, 1) * unit, 0
        else:
            section += max(digit, 1) * unit
        digit = 0
    return total + section + digit


def _identifiers(folded: str) -> frozenset[str]:
    found = (match for match in _IDENTIFIER.findall(folded))
    return frozenset(f for f in found if re.search(r"[a-z_]", f) and (re.search(r"\d", f) or "_" in f))
