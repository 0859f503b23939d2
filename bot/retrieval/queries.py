"""What a question's text says to each leg: its tokens, its codes, its language, and the message that was pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot import text as texts
from bot.diagnosis import codes
from bot.diagnosis.placeholders import holes
from bot.types import Language

_MAX_MESSAGE = 400
_LONG, _LINES = 800, 8
"""A text of more characters and lines is a log."""

_ASKING = re.compile(
    r"(?i)[?？]|^\W*(?:how|what|why|when|where|who|which|whose|please|i|we|my|can|could|is|are|do|does)\b(?!['’])"
    r"|\b(?:how|why|what)\b"
    r"|怎么|如何|怎样|为什么|为何|什么|哪|吗|呢|请问|多少|几"
)
_FAILING = re.compile(
    r"(?i)\b(?:error|warning|fatal|exception|fail(?:ed|ure)?|can(?:'|no)t|cannot|couldn't|denied|invalid|illegal|unknown"
    r"|unable|refused|timeout|exceeded|missing|not\s+(?:found|allowed|supported)|doesn't|already\s+exists?)\b(?!\.\w)"
    r"|错误|异常|失败|无法|拒绝|超时|不存在|报错"
)
_HEAD = re.compile(r"(?i)^\W*(?:error|warning|fatal|panic|错误)\b(?:\W+\d[^\n:：]{0,40})?\s*[:：]\s*(?=\S)")

_ADDRESSED = re.compile(r"(?<![\w.])@[UW](?=[0-9A-Z]*[0-9])[0-9A-Z]{7,}\b,?")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A question taken apart.

    `message` is the line that looks like a pasted error, or None; `worded` says that a person may have worded it: it
    asks something, or is Chinese, where any two sentences share characters. `codes` are all codes, the leading one
    first; `strict` those whose absence from every page is a veto, and `names` those of which one must be known, or the
    message.
    """

    text: str
    language: Language
    tokens: tuple[str, ...]
    codes: tuple[str, ...]
    strict: tuple[str, ...]
    names: tuple[str, ...]
    message: str | None
    worded: bool

    def plain(self) -> Pieces:
        """Return the same without codes and message, for a search by a single leg."""
        return replace(self, codes=(), strict=(), names=(), message=None)


def read(text: str) -> Pieces:
    """Take a question apart."""
    language, carried = texts.language(text), codes.read(text)
    return Pieces(
        text=text,
        language=language,
        tokens=tuple(texts.tokens(text)),
        codes=carried.codes,
        strict=carried.strict,
        names=carried.names,
        message=message(text),
        worded=language == "zh" or _ASKING.search(text) is not None,
    )


def unaddressed(text: str) -> str:
    """Drop the people who are mentioned by their ids, as `@U024BE7LH`, and what stands in place of secrets.

    No page holds those, which would count against it.
    """
    bare = holes(text)
    return _ADDRESSED.sub("", bare).strip() or bare


def telling(text: str) -> str:
    """Return what a long log is searched by: its lines that name a code or a failure, with what is asked before it.

    All its other lines, of which hardly any stands on a page, would count as evidence against the page with the code.
    A log of which no line tells anything, and any shorter or unbroken text, is returned as it is.
    """
    filled = [line.strip() for line in text.splitlines() if line.strip()]
    if len(text) <= _LONG or len(filled) < _LINES:
        return text
    asked = filled[: 1 if _ASKING.search(filled[0]) else 0]
    lines = list(dict.fromkeys(line[:_MAX_MESSAGE] for line in filled[len(asked) :]))
    kept, room = set[str](), _LONG
    for line in (*filter(codes.strict, lines), *filter(_FAILING.search, lines)):
        if line not in kept and (not kept or len(line) <= room):
            kept.add(line)
            room -= len(line)
    return "\n".join([*asked, *(line for line in lines if line in kept)]) if kept else text


def message(text: str) -> str | None:
    """Return the line of `text` that looks like an error message, without its severity and number, or None.

    That is the first line with a word of failure; without one, a text of one line that asks nothing.
    """
    filled = [line.strip() for line in text.splitlines() if line.strip()]
    failing = [line for line in filled if _FAILING.search(line)]
    if not failing and (len(filled) != 1 or _ASKING.search(filled[0])):
        return None
    found = (failing or filled)[0][:_MAX_MESSAGE]
    return _HEAD.sub("", found) or None
