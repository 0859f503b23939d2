"""Markdown's blocks with their lines: headings, fences, tables, lists and paragraphs, by the CommonMark rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Kind = Literal["heading", "fence", "table", "text"]

_SEPARATOR = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ANCHOR = re.compile(r"\s*\{#[^}]*\}\s*$|<[^>]+>")
_EMPHASIS = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `start` to `end` (from 0, exclusive) of one kind; headings carry their level and plain text."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    heading: str = ""


@lru_cache(maxsize=1)
def blocks(text: str) -> tuple[Block, ...]:
    """List the top-level blocks of a Markdown text in order; every line that is not blank belongs to one."""
    lines = text.split("\n")
    found: list[Block] = []
    position = 0
    for block in _tokens(text):
        if block.start < position or block.end <= block.start:
            continue
        found += _gap(lines, position, block.start)
        found.append(block)
        position = block.end
    return (*found, *_gap(lines, position, len(lines)))


def cells(line: str) -> list[str]:
    """Split one line of a Markdown table into its cells, without the outer bars."""
    inner = line.strip().removeprefix("|")
    parts = [part.strip() for part in _CELL.split(inner)]
    return parts[:-1] if parts and not parts[-1] else parts


def is_separator(line: str) -> bool:
    """Tell whether a line is the dashes under a table's header."""
    return "-" in line and _SEPARATOR.match(line) is not None


def row(values: Sequence[str]) -> str:
    """Write one line of a Markdown table; bars and line ends inside cells are made harmless."""
    return "| " + " | ".join(" ".join(value.replace("|", "\\|").split()) for value in values) + " |"


def plain(text: str) -> str:
    """Strip a heading of its markup: links, emphasis, code marks, anchors and escapes."""
    text = _ANCHOR.sub("", _LINK.sub(r"\1", text)).replace("`", "")
    return " ".join(_ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", text)).split())


def _tokens(text: str) -> Iterator[Block]:
    tokens = _parser().parse(text)
    for position, token in enumerate(tokens):
        if token.level or token.map is None:
            continue
        start, end = token.map
        if token.type == "heading_open":
            heading = plain(tokens[position + 1].content)
            yield Block("heading", start, end, int(token.tag[1]), heading)
        else:
            yield Block(_kind(token), start, end)


def _kind(token: Token) -> Kind:
    if token.type == "table_open":
        return "table"
    return "fence" if token.type in {"fence", "code_block"} else "text"


def _gap(lines: list[str], start: int, end: int) -> list[Block]:
    # Link definitions and the like give no token, yet nothing of a document may be lost.
    return [Block("text", start, end)] if any(line.strip() for line in lines[start:end]) else []


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser
