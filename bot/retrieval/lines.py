"""Messages without a code: the message templates of a page, and how well a pasted line fits one of them."""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.text import CJK, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAX_LINES = 64
_MAX_CHARS = 400
_MIN_LETTERS = 4
_MAX_WORDS = 60
_ENOUGH = 3
_WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:'[a-z]+)?")
_QUOTED = re.compile(r"'[^'\n]*'|`[^`\n]*`|\"[^\"\n]*\"|‘[^’\n]*’|“[^”\n]*”")
_PLACEHOLDER = re.compile(r"%[-+#0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z)?[a-zA-Z]|%\d+\$\w|\{\w*\}|<[^<>\n]{1,40}>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\\(?=[^\w\s])|[*`]+|^\s*(?:#+|>|[-+]|\d+\.)\s+")
_NO_TEXT = re.compile(r"[\s|:=+-]*|\s*(?:\{%|<).*")
_CELL = re.compile(r"(?<!\\)\|")
_SEPARATOR = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_PART = re.compile(r"\s*#{2,}\s")
_DIGIT = re.compile(r"\d")
_PREFIX = re.compile(r"(?i)^\W*(?:error|错误)\W*\d{3,5}\W*(?:\(\w{5}\))?\W*")


def templates(text: str) -> tuple[str, ...]:
    """Return the distinct lines and table cells of a page that could be a message, placeholders removed.

    A cell that is one word or a number is none, nor what names a part of the page: a heading below the title, or the
    head of a table, without a code. Every page of a manual has the same of these. At most 64 lines of at most 400
    characters are kept.
    """
    found: dict[str, None] = {}
    for line, below in pairwise((*text.splitlines(), "")):
        if _NO_TEXT.fullmatch(line) or _names_a_part(line, below):
            continue
        for cell in _CELL.split(line):
            cleaned = _clean(cell)
            if _is_message(cleaned):
                found.setdefault(cleaned)
        if len(found) >= _MAX_LINES:
            break
    return tuple(found)[:_MAX_LINES]


def _names_a_part(line: str, below: str) -> bool:
    is_part = _PART.match(line) or ("|" in line and _SEPARATOR.fullmatch(below))
    return bool(is_part) and not _DIGIT.search(line)


def _clean(cell: str) -> str:
    text = unicodedata.normalize("NFKC", _LINK.sub(r"\1", cell))
    text = _PLACEHOLDER.sub(" ", _MARKUP.sub("", text))
    return " ".join(_PREFIX.sub("", text).split())[:_MAX_CHARS]


def _is_message(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    wide = any(char >= "\u3040" for char in text)
    return letters >= _MIN_LETTERS and (wide or " " in text)


def fit(message: str, lines: Sequence[str]) -> float:
    """Return how well a message fits the best of a page's lines, in [0, 1]: ordered alignment of their words.

    2m / (line + message), where m is the weight of the heaviest common subsequence and a word weighs ln(2 + length).
    Numbers and quoted values of the message are not charged. Fewer than three common words say nothing, unless
    they are the whole line.
    """
    said = _words(message)
    charged = _weight(word for word in _words(_QUOTED.sub(" ", message)) if not any(map(str.isdigit, word)))
    return max((_alignment(_words(line), said, charged) for line in lines), default=0.0)


def _alignment(line: Sequence[str], said: Sequence[str], charged: float) -> float:
    shared = set(line) & set(said)
    if not shared or len(shared) < min(_ENOUGH, len(set(line))):
        return 0.0
    common = _common(line, said)
    return 2 * common / (_weight(line) + max(charged, common))


def _common(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the weight of the heaviest common subsequence."""
    row = [0.0] * (len(second) + 1)
    for word in first:
        diagonal, weight = 0.0, _weight([word])
        for place, other in enumerate(second, start=1):
            above = row[place]
            row[place] = diagonal + weight if word == other else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def _words(text: str) -> list[str]:
    return _WORD.findall(normalise(text))[:_MAX_WORDS]


def _weight(words: Iterable[str]) -> float:
    return sum(math.log(2 + len(word)) for word in words)
