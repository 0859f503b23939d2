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
_MOST_HEAD = 8
_FOLLOWING = 0.25
_WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:'[a-z]+)?")
_QUOTED = re.compile(r"'[^'\n]*'|`[^`\n]*`|\"[^\"\n]*\"|‘[^’\n]*’|“[^”\n]*”")
_PLACEHOLDER = re.compile(r"%[-+#0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z)?[a-zA-Z]|%\d+\$\w|\{\w*\}|<[^<>\n]{1,40}>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\\(?=[^\w\s])|[*`]+|^\s*(?:#+|>|[-+]|\d+\.)\s+")
_NO_TEXT = re.compile(r"[\s|:=+-]*|\s*(?:\{%|<).*")
_CELL = re.compile(r"(?<!\\)\|")
_SEPARATOR = re.compile(r"(?=.*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_HEADING = re.compile(r"\s*#{1,6}\s")
_FURNITURE = re.compile(
    r"(?i)(?:\W|_|\d|\b(?:possible|likely|common|causes?|reasons?|and|or|the|of|for|to|how|what|happened|next|solutions?"
    r"|fix|fixes|resolution|workarounds?|actions?|symptoms?|errors?|codes?|messages?|names?|numbers?|descriptions?"
    r"|meaning|details?|see|also|related|links?|references?|examples?|notes?|overview|summary|diagnosis|confirm|checks?"
    r"|risks?|impact|versions?|products?|sqlstate|severity|levels?|type|value|out|more|find|do|you|should|it|this|is)\b"
    r"|错误|报错|代码|编号|信息|消息|可能|常见|原因|处理|方法|步骤|解决|办法|方案|现象|诊断|排查|确认|说明|描述|含义|建议|操作"
    r"|风险|影响|示例|例子|备注|参考|相关|版本|产品|级别|严重|的|与|和|及|或|如何|怎么)*+"
)
"""What names a part of a page and says nothing of its own."""

_PREFIX = re.compile(r"(?i)^\W*(?:error|错误)\W*\d{3,5}\W*(?:\(\w{5}\))?\W*")


def templates(text: str) -> tuple[str, ...]:
    """Return the distinct lines and table cells of a page that could be a message, placeholders removed.

    A cell that is one word or a number is none, nor what names a part of the page: a heading or the head of a column
    such as `Possible causes`, which every page of a manual has. At most 64 lines of at most 400 characters are kept.
    """
    found: dict[str, None] = {}
    for line, below in pairwise((*text.splitlines(), "")):
        if _NO_TEXT.fullmatch(line):
            continue
        names_parts = _HEADING.match(line) is not None or ("|" in line and _SEPARATOR.fullmatch(below) is not None)
        for cell in _CELL.split(line):
            cleaned = _clean(cell)
            if _is_message(cleaned) and not (names_parts and _FURNITURE.fullmatch(cleaned)):
                found.setdefault(cleaned)
        if len(found) >= _MAX_LINES:
            break
    return tuple(found)[:_MAX_LINES]


def _clean(cell: str) -> str:
    text = unicodedata.normalize("NFKC", _LINK.sub(r"\1", cell))
    text = _PLACEHOLDER.sub(" ", _MARKUP.sub("", text))
    return " ".join(_PREFIX.sub("", text).split())[:_MAX_CHARS]


def _is_message(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    wide = any(char >= "\u3040" for char in text)
    return letters >= _MIN_LETTERS and (wide or " " in text)


def head(message: str) -> str | None:
    """Return what a message says before its first colon, with the colon, if that is a phrase; None where it is not.

    >>> head("Internal error: the disk is on fire")
    'Internal error:'
    """
    before, colon, behind = message[:_MAX_CHARS].partition(":")
    return f"{before}:" if colon and behind.strip() and 1 < len(_words(before)) <= _MOST_HEAD else None


def showing(text: str, message: str, least: float) -> list[str]:
    """Return the lines of a page as they are written whose messages fit this one at least so well."""
    return [line for line in text.splitlines() if fit(message, templates(line)) >= least]


def fit(message: str, lines: Sequence[str]) -> float:
    """Return how well a message fits the best of a page's lines, in [0, 1]: ordered alignment of their words.

    2m / (line + message), where m is the weight of the heaviest common subsequence and a word weighs ln(2 + length).
    Numbers and quoted values of the message are not charged, and what follows a line that ends in a colon, where the
    message begins with it, at a quarter. Fewer than three common words say nothing, unless they are the whole line.
    """
    said = _words(message)
    charged = _weight(word for word in _words(_QUOTED.sub(" ", message)) if not any(map(str.isdigit, word)))
    return max((_fit(line, said, charged) for line in lines), default=0.0)


def _fit(line: str, said: Sequence[str], charged: float) -> float:
    words = _words(line)
    if line.endswith((":", "：")) and 1 < len(words) < len(said) and said[: len(words)] == words:
        weight = _weight(words)
        charged = weight + _FOLLOWING * max(0.0, charged - weight)
    return _alignment(words, said, charged)


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
