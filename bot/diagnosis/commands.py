"""Checks the commands of an answer: one that no cited source holds is taken out, one that destroys is marked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import sentences
from bot.diagnosis.destructive import destroys
from bot.phrases import say
from bot.sentences import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.types import Language

_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)")
_BLANK = re.compile(r"\s+")
_PLACE = r"<(?!\s)[\w .:|$-]{1,40}(?<!\s)>"
_LOOSE = re.compile(rf"({_PLACE})|\s*+(?!{_PLACE})([,;()=|<>])\s*")
"""Blanks around signs say nothing, but those around a placeholder."""

_HOLE = re.compile(
    r"<[^<>\n]{1,40}>|\$?\{\w{1,40}\}|%[sd]\b|(?<![\w:]):[a-z]\w{0,30}|[\u4e00-\u9fff]{1,20}|\b[xX]{2,}\b|\.{3}|…"
)
_MOST_HOLES = 6
_LONGEST = 600
_VALUE = r"([^\s;|&`<>]{1,80})"
_ENDING, _BEGINNING = re.compile(r"[\w$]\Z|\w[./@-]\Z", re.ASCII), re.compile(r"[\w$]|[./@-]\w", re.ASCII)
"""What stands before or behind a command that is only a part of a longer one."""

_GOES_ON = re.compile(r"\s*(?:where|partition|using|limit|order by)\b|\s?/\*|[\w*./~?\[{-]", re.IGNORECASE)
"""What makes a command that destroys destroy less than its beginning alone."""


@dataclass(frozen=True, slots=True)
class Vetted:
    """An answer after its commands were checked; `dropped` are the pieces of which something was taken out.

    `removed` counts commands that no source holds, `marked` the pieces with one that destroys.
    """

    text: str
    dropped: tuple[str, ...]
    removed: int
    marked: int


def vet(text: str, sources: Sequence[str], question: str, language: Language) -> Vetted:
    """Check every code span and fence of an answer against the texts of its cited sources.

    White space counts as one blank, and where the page has a placeholder the answer may have a value that the question
    names. A single word may also be the question's. A sentence whose span is no source's goes as a whole, of a fence
    the lines that are not.
    """
    book = _Book.of(sources, question)
    shown: list[str] = []
    dropped: list[str] = []
    removed = marked = 0
    for piece in sentences.pieces(text):
        kept, missing = _kept(piece, book)
        removed += missing
        if missing:
            dropped.append(piece.text)
        destroying = bool(kept) and _is_destroying(Piece(piece.kind, kept))
        marked += destroying
        shown.append(_marked(piece, kept, language) if destroying else kept)
    return Vetted("".join(shown), tuple(dropped), removed, marked)


def marked(text: str, language: Language) -> str:
    """Mark the commands that destroy in a text that nothing is known to support."""
    return "".join(
        _marked(piece, piece.text, language) if _is_destroying(piece) else piece.text
        for piece in sentences.pieces(text)
    )


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sources say: as one text, the commands in them that have placeholders, and the question."""

    text: str
    templates: tuple[re.Pattern[str], ...]
    question: str

    @classmethod
    def of(cls, sources: Sequence[str], question: str) -> _Book:
        found = (command for source in sources for piece in sentences.blocks(source) for command in _commands(piece))
        return cls("\n".join(map(_plain, sources)), tuple(_templates(found)), _plain(question))

    def holds(self, command: str) -> bool:
        """Tell whether a command stands in the sources as it is, or with the values of the question."""
        plain = _plain(command).rstrip(";").strip()
        if not plain or self._stands(plain) or (" " not in plain and _occurs(plain, self.question, cased=False)):
            return True
        matches = (template.fullmatch(plain) for template in self.templates)
        return any(match and all(self._is_known(value) for value in match.groups()) for match in matches)

    def _stands(self, plain: str) -> bool:
        """Tell whether it stands there whole: what a WHERE or a path limits there may not stop before them."""
        destroying = destroys(plain)
        for cased in (True, False) if _is_sql(plain) else (True,):
            for _, end in _places(plain, self.text, cased=cased):
                if not (destroying and _GOES_ON.match(self.text, end)):
                    return True
        return False

    def _is_known(self, value: str) -> bool:
        return _occurs(value.strip("'\",()"), f"{self.question}\n{self.text}", cased=False)


def _kept(piece: Piece, book: _Book) -> tuple[str, int]:
    """Return what stays of a piece, and how many commands in it no source holds."""
    if piece.kind != "code":
        missing = sum(not book.holds(span) for span in _commands(piece))
        return ("", missing) if missing else (piece.text, 0)
    body = sentences.body(piece.text)
    if not body.strip() or book.holds(body):
        return piece.text, 0
    rest, missing = "", 0
    for group in _statements(body):
        for part in [group] if book.holds(group) else group.splitlines(keepends=True):
            if not part.strip() or book.holds(part):
                rest += part
            else:
                missing += 1
    return (piece.text.replace(body, rest, 1) if rest.strip() else ""), missing


def _statements(body: str) -> Iterator[str]:
    """Split a fence at line ends, lines of one statement of SQL together."""
    held = ""
    for line in body.splitlines(keepends=True):
        held += line
        is_open = _is_sql(_plain(held)) and not line.rstrip().endswith((";", "/", "\\G")) and line.strip() != "GO"
        if not is_open or not line.strip():
            yield held
            held = ""
    if held:
        yield held


_SQL = re.compile(
    r"(?:select|insert|update|delete|create|alter|drop|grant|revoke|with|merge|truncate|analyze|explain|show|set|call"
    r"|exec|begin|declare|kill|flush|backup|restore|recover|purge|vacuum|dbcc|use)\b",
    re.IGNORECASE,
)


def _is_sql(plain: str) -> bool:
    return _SQL.match(plain) is not None


_TAGGED = re.compile(r"<(code|pre)>([^<]{1,600})</\1>", re.IGNORECASE)
_LINE = re.compile(
    r"^[ \t>]*(?:\d{1,3}[.)、]|[-*+•]|#{1,6}(?=[ \t]))?[ \t]*(?P<prompt>[\w.@~:\[\]()-]{0,40}[>#$%][ \t]+)?"
    r"(?P<command>[A-Za-z/$.][^\n`]{3,600})$",
    re.MULTILINE,
)
_SHOUTED = re.compile(
    r"(?<![\w`])(?:DROP\s+(?:\w+\s+){0,2}?(?:TABLE|DATABASE|USER|SCHEMA|TABLESPACE|INDEX|DISKGROUP|COLUMN)\b"
    r"|TRUNCATE\s+TABLE\b|DELETE\s+FROM\b|SHUTDOWN\s+(?:ABORT|IMMEDIATE)\b|FLUSH(?:ALL|DB)\b|rm\s+-[a-z]*[rf])"
)


def _commands(piece: Piece) -> list[str]:
    """Return what a piece has for code: a fence, or spans, tags, and lines that are commands without any mark."""
    if piece.kind == "code":
        return [sentences.body(piece.text)]
    spans = [match[2] for match in _SPAN.finditer(piece.text)] + [match[2] for match in _TAGGED.finditer(piece.text)]
    return spans + [match["command"] for match in _LINE.finditer(piece.text) if _is_bare(match)]


def _is_bare(line: re.Match[str]) -> bool:
    """Tell a line that is a command which destroys from a sentence that begins like one."""
    command = line["command"].strip()
    is_written = line["prompt"] is not None or command.endswith(";") or command.split()[0].isupper()
    return is_written and destroys(command)


def _is_destroying(piece: Piece) -> bool:
    """Tell whether something in a piece destroys, also what is named in the middle of a sentence."""
    if any(map(destroys, _commands(piece))):
        return True
    return piece.kind != "code" and _SHOUTED.search(_SPAN.sub(" ", piece.text)) is not None


def _marked(piece: Piece, kept: str, language: Language) -> str:
    """Put the warning behind a sentence, before a fence, and nowhere in a table, whose cells hold no more."""
    warning = say("command_destroys", language)
    if piece.kind == "code":
        indent = kept[: len(kept) - len(kept.lstrip(" \t"))]
        return f"{indent}{warning}\n\n{kept}"
    body = kept.rstrip()
    if piece.kind == "table":
        cut = body.rfind("|")
        return f"{body[:cut].rstrip()} {warning} {body[cut:]}{kept[len(body) :]}"
    return f"{body} {warning}{kept[len(body) :]}"


def _plain(text: str) -> str:
    """Return a text with one form of each character, and one blank for white space."""
    folded = unicodedata.normalize("NFKC", text.replace("\\|", "|").replace("\\_", "_"))
    return _LOOSE.sub(r"\1\2", _BLANK.sub(" ", folded)).strip()


def _templates(commands: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """Yield a pattern for each command of a page that has placeholders, and for each statement of a fence."""
    for command in dict.fromkeys(each for whole in commands for each in [whole, *_statements(whole)]):
        plain = _plain(command).rstrip(";").strip()
        holes = list(_HOLE.finditer(plain))
        if not plain or not 0 < len(holes) <= _MOST_HOLES or len(plain) > _LONGEST:
            continue
        parts, at = [], 0
        for hole in holes:
            parts += [re.escape(plain[at : hole.start()]), _VALUE]
            at = hole.end()
        yield re.compile("".join([*parts, re.escape(plain[at:])]), re.IGNORECASE if _is_sql(plain) else 0)


def _occurs(plain: str, text: str, *, cased: bool) -> bool:
    return next(_places(plain, text, cased=cased), None) is not None


def _places(plain: str, text: str, *, cased: bool) -> Iterator[tuple[int, int]]:
    """Yield where a command stands in a text, not as a part of a longer word."""
    if not cased:
        plain, text = plain.lower(), text.lower()
    at = text.find(plain) if plain else -1
    while at >= 0:
        end = at + len(plain)
        begins = _ENDING.search(text[max(0, at - 2) : at]) is None or not _is_word(plain[0])
        if begins and (_BEGINNING.match(text[end : end + 2]) is None or not _is_word(plain[-1])):
            yield at, end
        at = text.find(plain, at + 1)


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "_$/")
