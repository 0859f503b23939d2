"""Messages without a code: the message templates of a page, and how well a pasted line fits one of them."""

from __future__ import annotations

import re
import unicodedata

_MAX_LINES = 64
_MAX_CHARS = 400
_MIN_LETTERS = 4
_PLACEHOLDER = re.compile(r"%[-+#0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z)?[a-zA-Z]|%\d+\$\w|\{\w*\}|<[^<>\n]{1,40}>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\\(?=[^\w\s])|[*`]+|^\s*(?:#+|>|[-+]|\d+\.)\s+")
_NO_TEXT = re.compile(r"[\s|:=+-]*|\s*(?:\{%|<).*")
_CELL = re.compile(r"(?<!\\)\|")
_PREFIX = re.compile(r"(?i)^\W*(?:error|错误)\W*\d{3,5}\W*(?:\(\w{5}\))?\W*")


def templates(text: str) -> tuple[str, ...]:
    """Return the distinct lines and table cells of a page that could be a message, placeholders removed.

    A cell that is one word or a number is none. At most 64 lines of at most 400 characters are kept.
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        if _NO_TEXT.fullmatch(line):
            continue
        for cell in _CELL.split(line):
            cleaned = _clean(cell)
            if _is_message(cleaned):
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
