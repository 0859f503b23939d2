"""Splits Markdown into blocks and blocks into sentences, in Chinese and English, losing no character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["prose", "item", "heading", "table", "code", "blank"]

_FENCE = re.compile(r"^\s*(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)、]|[(（]\d{1,3}[)）])\s*(?=\S)")
_TABLE = re.compile(r"^\s*\|")
_PROTECTED = re.compile(r"`[^`\n]+`|!?\[[^\]\n]*\]\([^)\s]*\)|<https?://[^>\s]+>|https?://[^\s，。；！？]+")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|No|Fig|Mr|Mrs|Ms|Dr|St|ext|min|max)|\b[A-Z])\.$")
_END = re.compile(r"[。！？；]+[」』”’）)]*|[.!?]+[\"'”’)]*(?=\s|\[|$)")
_AFTER = re.compile(r"(?:[ \t]*\[\d{1,3}\](?!\())*\s*")
_LISTED = re.compile(r"[\[［【]\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*[\]］】](?!\()")
MARKER = re.compile(r"\[(\d{1,3})\](?!\()")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what it is; the texts of all pieces, joined, are the input."""

    kind: Kind
    text: str


def blocks(text: str) -> list[Piece]:
    """Split Markdown into paragraphs, list items, headings, table rows, code fences and blank lines."""
    found: list[Piece] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        kind, fence = _line_kind(line, fence, found)
        if found and _continues(kind, found[-1], line):
            found[-1] = Piece(found[-1].kind, found[-1].text + line)
        else:
            found.append(Piece(kind, line))
    return found


def pieces(text: str) -> list[Piece]:
    """Split Markdown into sentences; code fences, headings, table rows and blank lines stay whole.

    A citation marker behind the full stop belongs to the sentence before it. Full stops inside inline code, links,
    numbers and common abbreviations end nothing.
    """
    return [
        Piece(block.kind, sentence)
        for block in blocks(text)
        for sentence in (_sentences(block.text) if block.kind in {"prose", "item"} else (block.text,))
    ]


def sentences(text: str) -> list[str]:
    """List the sentences of a text, trimmed, without code, headings and blank lines; table rows count as sentences."""
    return [piece.text.strip() for piece in pieces(text) if piece.kind in {"prose", "item", "table"}]


def body(fence: str) -> str:
    """Return what stands between the marks of a code fence, also of one that nobody closed; of anything else, all."""
    lines = fence.splitlines(keepends=True)
    opened = _FENCE.match(lines[0]) if lines else None
    if opened is None:
        return fence
    return "".join(lines[1:-1] if len(lines) > 1 and _closes(lines[-1], opened.group(1)) else lines[1:])


def markers(text: str) -> tuple[int, ...]:
    """List the citation numbers `[n]` of a text in order, outside code and links, each once."""
    found = (int(m.group(1)) for piece in blocks(text) if piece.kind != "code" for m in _markers(piece.text, MARKER))
    return tuple(dict.fromkeys(found))


def without_markers(text: str) -> str:
    """Remove citation markers outside code and links, with the blank before them."""
    return replace_markers(text, {})


def replace_markers(text: str, numbers: dict[int, int]) -> str:
    """Renumber citation markers outside code and links; those without a new number vanish with their blank."""
    words = {number: f"[{new}]" for number, new in numbers.items()}
    return _rewritten(text, MARKER, lambda match: words.get(int(match.group(1)), ""))


def escape_markers(text: str) -> str:
    """Put a backslash before the brackets of what looks like a citation marker outside code and links."""
    return _rewritten(text, MARKER, lambda match: rf"\[{match.group(1)}\]")


def plain_markers(text: str) -> str:
    """Write citation markers that have full-width brackets or list numbers, 【1】 or [1, 2], as [1] and [1][2]."""
    return _rewritten(text, _LISTED, lambda match: "".join(f"[{n}]" for n in re.findall(r"\d+", match.group())))


def _rewritten(text: str, pattern: re.Pattern[str], word: Callable[[re.Match[str]], str]) -> str:
    """Rewrite what matches outside code and links; what becomes nothing vanishes with the blank before it."""
    return "".join(p.text if p.kind == "code" else _replaced(p.text, pattern, word) for p in blocks(text))


def _replaced(text: str, pattern: re.Pattern[str], word: Callable[[re.Match[str]], str]) -> str:
    parts: list[str] = []
    position = 0
    for match in _markers(text, pattern):
        before, new = text[position : match.start()], word(match)
        parts.append(f"{before}{new}" if new else before.rstrip(" "))
        position = match.end()
    return "".join([*parts, text[position:]])


def _markers(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    protected = [m.span() for m in _PROTECTED.finditer(text)]
    for match in pattern.finditer(text):
        if not any(start <= match.start() < end for start, end in protected):
            yield match


def _line_kind(line: str, fence: str, found: list[Piece]) -> tuple[Kind, str]:
    if fence:
        return "code", "" if _closes(line, fence) else fence
    if opened := _FENCE.match(line):
        found.append(Piece("code", ""))
        return "code", opened.group(1)
    if not line.strip():
        return "blank", ""
    if _HEADING.match(line):
        return "heading", ""
    if _TABLE.match(line):
        return "table", ""
    return ("item" if _ITEM.match(line) else "prose"), ""


def _closes(line: str, fence: str) -> bool:
    closing = _FENCE.match(line)
    return closing is not None and closing.group(1).startswith(fence) and not line.strip().strip(fence[0])


def _continues(kind: Kind, last: Piece, line: str) -> bool:
    if kind in {"code", "blank"}:
        return last.kind == kind
    return kind == "prose" and (last.kind == "prose" or (last.kind == "item" and line[:1].isspace()))


def _sentences(text: str) -> Iterator[str]:
    protected = [m.span() for m in _PROTECTED.finditer(text)]
    start = 0
    for match in _END.finditer(text):
        if match.start() < start or not _ends(text, start, match, protected):
            continue
        after = _AFTER.match(text, match.end())
        end = after.end() if after else match.end()
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _ends(text: str, start: int, match: re.Match[str], protected: list[tuple[int, int]]) -> bool:
    """Tell whether a full stop ends a sentence: not in code or a link, after an abbreviation or a list number."""
    if any(first <= match.start() < end for first, end in protected):
        return False
    is_list_number = match.group().startswith(".") and text[start : match.start()].strip().isdigit()
    return not is_list_number and not _ABBREVIATION.search(text[start : match.end()])
