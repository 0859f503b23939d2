"""Finds where a text may be parted: its paragraphs, sentences, lines and words, and what must stay whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from bot import sentences

PARAGRAPH, SENTENCE, LINE, WORD = 4, 3, 2, 1

_HELD = re.compile(
    r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)"
    r"|!?\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]\((?:[^()\s]|\([^()\s]*\))*\)"
    r"|<a href=\"[^<>\"\n]*\">[^<>\n]*</a>|<[^<>\n]+>|https?://[^\s，。；！？<>|)\]]+|&(?:lt|gt|amp);|\\[!-/:-@\[-`{-~]"
)
_ENTITY = re.compile(r"&(?:lt|gt|amp);")
_BLANK = re.compile(r"\s+")
_OPENING = re.compile(r"(\s*)(`{3,}|~{3,})[ \t]*([\w+#.-]{0,20})")


@dataclass(frozen=True, slots=True)
class Fence:
    """Lines of code in a text: where they start and end, and what opens and closes them."""

    start: int
    end: int
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class Seams:
    """Where a text may be parted: `marks` are (position, rank) in order, `held` the spans that stay whole."""

    marks: list[tuple[int, int]] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)

    def is_held(self, position: int) -> bool:
        """Tell whether a part must not end at `position`."""
        index = bisect_left(self.held, (position, 0)) - 1
        return index >= 0 and position < self.held[index][1]

    def fence(self, position: int) -> Fence | None:
        """Return the code that `position` is inside of."""
        index = bisect_left(self.fences, position, key=lambda fence: fence.start) - 1
        return self.fences[index] if index >= 0 and position < self.fences[index].end else None


def closed(text: str) -> str:
    """Close the fence that a text leaves open."""
    blocks = sentences.blocks(text)
    if not blocks or blocks[-1].kind != "code":
        return text
    lines = blocks[-1].text.rstrip("\n").split("\n")
    marks = _opening(lines[0])[1]
    last = lines[-1].strip()
    is_closed = len(lines) > 1 and last.startswith(marks) and not last.strip(marks[0])
    return text if is_closed else f"{text.rstrip(chr(10))}\n{marks}"


def ends_in_code(text: str) -> bool:
    """Tell whether the last thing in a text is a code fence."""
    blocks = sentences.blocks(text)
    return bool(blocks) and blocks[-1].kind == "code"


def find(text: str) -> Seams:
    """Find the seams of a text, in order."""
    seams, at = Seams(), 0
    for block in sentences.blocks(text):
        if block.kind == "code":
            _add_code(seams, block.text, at)
        else:
            _add_prose(seams, block.text, at)
        at += len(block.text)
        seams.marks.append((at, SENTENCE if block.kind == "table" else PARAGRAPH))
    return seams


def _opening(code: str) -> tuple[str, str, str]:
    match = _OPENING.match(code)
    return (match[1], match[2], match[3]) if match else ("", "```", "")


def _add_prose(seams: Seams, text: str, at: int) -> None:
    held = [(at + match.start(), at + match.end()) for match in _HELD.finditer(text)]
    seams.held.extend(held)
    ends, position = set(), 0
    for piece in sentences.pieces(text):
        position += len(piece.text)
        ends.add(position)
    ranks = {match.end(): LINE if "\n" in match.group() else WORD for match in _BLANK.finditer(text)}
    ranks |= dict.fromkeys(ends, SENTENCE)
    marks = sorted((at + position, rank) for position, rank in ranks.items() if position < len(text))
    seams.marks.extend(mark for mark in marks if not seams.is_held(mark[0]))


def _add_code(seams: Seams, text: str, at: int) -> None:
    indent, marks, language = _opening(text)
    lines = text.splitlines(keepends=True)
    seams.fences.append(Fence(at, at + len(text), f"{indent}{marks}{language}", f"{indent}{marks}"))
    first, last = at + len(lines[0]), at + len(text) - len(lines[-1])
    inside = [(at + match.start(), at + match.end()) for match in _ENTITY.finditer(text)]
    seams.held.extend([(at, first + 1), *inside, (last - 1, at + len(text))])
    position = at
    for line in lines[:-1]:
        position += len(line)
        if first < position < last:
            seams.marks.append((position, SENTENCE))
