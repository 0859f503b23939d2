"""Error codes: which ones a text carries, in what order they matter, and which ones a chunk explains."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEADING, PLAIN, MINOR = range(3)
"""Ranks: the line that a client or server reports first, any other error, and what only accompanies errors."""

_PADDED = "ORA|TNS|RMAN|PLS|PLW|LRM|DRG|KUP|UDE|UDI|OGG"
_WORDLIKE = "IMP|EXP|NID|LSX"
"""Families whose names are also words or formulas (`exp-1`): only a padded number makes a code of them."""

_START = r"(?<![A-Za-z0-9_-])"
_STOP = r"(?![A-Za-z0-9_])"
# The first character stands before the look-behind, so that the engine jumps from one candidate to the next.
_WORD = (
    r"(?-i:[Ee错报故])(?<![A-Za-z0-9_-].)"
    r"(?:(?<=错)误(?:代码|码|号)?|(?<=报)错|(?<=故)障码"
    r"|(?<=e)rror(?:\s++code|\s++no\.?)?|(?<=e)rr(?:or)?[_ ]?(?:code|no))"
)
_SIGN = r"\s*+[:=]?\s*+"
_AMOUNT = (
    r"(?!\s*+(?:次|行|条|个|年|月|天|秒|分钟|小时|毫秒"
    r"|(?:times?|rows?|lines?|records?|users?|ms|s|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?)\b))"
)
_PORTS = r"(?!(?:3306|33060|2881|2883)\b)"
"""Where MySQL and OceanBase listen: `mysql 3306` asks about the port."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of the grammar: group 1 (and 2) of `pattern` fill `form`; `strict` codes veto when no page has them.

    A text in lower case without any of `marks` cannot match.
    """

    form: str
    pattern: re.Pattern[str]
    marks: tuple[str, ...]
    rank: int = PLAIN
    strict: bool = True
    digits: int = 0


def _rule(form: str, marks: str, pattern: str, rank: int = PLAIN, *, strict: bool = True, digits: int = 0) -> _Rule:
    return _Rule(form, re.compile(pattern), tuple(marks.lower().split("|")), rank, strict, digits)


_ERRORS = "错误|报错|故障码|err"
_RULES = (
    # OceanBase in Oracle mode wraps its own number, which says more than the wrapper.
    _rule("ERROR-{0}", "ora", r"(?i)ORA-0*600\b[^\n]{0,60}arguments?:\s*+\[?-(\d{4,5})" + _STOP, LEADING),
    _rule("ORA-{0}", "6512", rf"(?i){_START}ORA[-\s]?0*(6512){_STOP}", MINOR, digits=5),
    _rule("{0}-{1}", _PADDED, rf"(?i){_START}({_PADDED})-0*(\d{{1,5}}){_STOP}", digits=5),
    _rule("{0}-{1}", _WORDLIKE, rf"(?i){_START}({_WORDLIKE})-(?=\d{{4}})0*(\d{{1,5}}){_STOP}", digits=5),
    _rule("{0}-{1}", "ora|tns", rf"(?i){_START}(ORA|TNS)[ :_]?0*(\d{{4,5}}){_STOP}", digits=5),
    # The MySQL family: client lines, drivers, replication status, and SQLSTATE as PHP prints it.
    _rule("ERROR-{0}", "error", rf"(?i){_START}ERROR\s++(\d{{4,5}})\s*+\([0-9A-Z]{{5}}\)", LEADING),
    _rule("ERROR-{0}", "sqlstate", r"SQLSTATE\[\w{5}\](?:\s*+\[|:[^\n]{0,80}?:\s*+)(\d{4})(?![\w.])", LEADING),
    _rule("ERROR-{0}", _ERRORS, rf"(?i){_WORD}{_SIGN}[\[(]?\s*+-?(\d{{4,5}})(?!\d|[-.]?\w){_AMOUNT}"),
    _rule("ERROR-{0}", "errno", rf"(?i){_START}\w*errno{_SIGN}(\d{{4,5}}){_STOP}"),
    _rule("ERROR-{0}", "error|exception|warning", r"(?:Error|Exception|Warning):?\s*+\(['\"]?(\d{4}),"),
    _rule(
        "ERROR-{0}",
        "mysql|mariadb|oceanbase|ob",
        rf"(?i){_START}(?:MySQL|MariaDB|OceanBase|OB)[-_ ](?:error[-_ ]?)?-?{_PORTS}(\d{{4,5}}){_STOP}(?!\.\d)",
    ),
    _rule("ERROR-{0}", "ret|code|oceanbase", rf"(?i)(?:ret|code|OceanBase){_SIGN}-(\d{{4,5}})" + _STOP),
    _rule("ERROR-{0}", "-4|-5|-6|-7|-8|-9", r"(?<![\w.)\]%-])-([4-9]\d{3})(?![\w.%-])", strict=False),
    _rule("MY-{0}", "my-", rf"{_START}MY-(\d{{6}}){_STOP}"),
    # PostgreSQL prints SQLSTATE only when asked to; class 00 and HY000 say nothing, and each state has a digit.
    _rule(
        "SQLSTATE-{0}",
        "state",
        rf"(?i)SQL\s?STATE(?:\s*+code\b|(?![A-Z])){_SIGN}[\[('\"]?(?!HY000|00000)((?=[A-Z]{{0,4}}\d)[0-9A-Z]{{5}}){_STOP}",
    ),
    _rule(
        "SQLSTATE-{0}",
        "error|fatal|panic|warning|错误",
        r"(?:ERROR|FATAL|PANIC|WARNING|错误|致命错误)\s*+:\s++((?=[A-Z]{0,4}\d)[0-9A-Z]{5}):",
    ),
    _rule("SQLSTATE-{0}", "p|xx00", rf"{_START}(\d\dP\d\d|XX00[0-2]){_STOP}"),
    # Names and numbers without a family of their own: found exactly, never a reason to refuse, unless they lead.
    _rule("{0}", "-", rf"(?im)(?:{_WORD}{_SIGN}|^)(?-i:([A-Z][A-Z0-9]{{1,9}}-\d{{3,}}))(?=\s*+(?:[:：]|$))"),
    _rule("{0}", "-", rf"{_START}([A-Z][A-Z0-9]{{1,9}}(?:-\d{{3,}})+){_STOP}", MINOR, strict=False),
    _rule("{0}", "er_|ob_|cr_|warn_", rf"{_START}((?:ER|OB|CR|WARN)_[A-Z][A-Z0-9_]+){_STOP}", MINOR, strict=False),
    _rule("0X{0}", "0x", rf"(?i){_START}0x([0-9A-F]{{8}}){_STOP}", MINOR, strict=False),
    _rule(
        "ERRNO-{0}",
        "errno|os error|errcode",
        rf"(?i){_START}(?:errno|os error|errcode){_SIGN}(\d{{1,3}}){_STOP}",
        MINOR,
        strict=False,
    ),
)

_PROMISING = re.compile(r"\d{2}|[A-Za-z][- :]?\d|[A-Z]{2}_")
_STEM = re.compile(r"(?i)e(?:rr(?:or)?)?[-_ ]?(\d{4,5})")
_STATE = re.compile(r"(?=.*\d\d)[0-9A-Z]{5}")
_NUMBER = re.compile(r"-?(\d{4,5})")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_CATALOGUE = re.compile(r"(?i)error|err[_ -]?code|错误|报错|故障|oceanbase|mysql|mariadb")
_POSTGRES = re.compile(r"(?i)postgres|sqlstate|\bpg\b")


def extract(text: str) -> tuple[str, ...]:
    """Return the distinct normal forms of all codes in `text`, the leading error first, then in order of appearance.

    A text that is nothing but a number of four or five digits is taken for an error number.
    """
    if number := _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip()):
        return (f"ERROR-{number.group(1)}",)
    return tuple(dict.fromkeys(code for _, code in _found(text)))


def strict(text: str) -> tuple[str, ...]:
    """Return those codes, in the same order, whose absence from every page means that there is no answer."""
    return tuple(dict.fromkeys(code for rule, code in _found(text) if rule.strict))


def defined(
    title: str, headings: Sequence[str], source: str, question: str | None, first_column: str | None
) -> tuple[str, ...]:
    """Return the codes that a chunk explains: those in its titles, its file's name, its question or first column.

    `first_column` holds the cells of a table's first column, one a line. A bare number counts only where the titles
    or the path speak of errors, and five digits as SQLSTATE only where they speak of PostgreSQL.
    """
    titles = "\n".join((title, *headings))
    stem = PurePosixPath(source).stem
    context = f"{titles}\n{source}"
    texts = (title, *headings, question or "", stem, *_cells(first_column))
    found = [code for text in texts for _, code in _found(text)]
    found += _bare_file(stem, context)
    found += [code for cell in _cells(first_column) for code in _bare(cell, context)]
    return tuple(dict.fromkeys(found))


def _found(text: str) -> list[tuple[_Rule, str]]:
    folded = unicodedata.normalize("NFKC", text).replace("\\_", "_").replace("\u2212", "-")
    if not _PROMISING.search(folded):
        return []
    ranked = sorted(_matches(folded), key=lambda found: (found[0].rank, found[1]))
    return [(rule, form) for rule, _, form in ranked]


def _matches(text: str) -> Iterator[tuple[_Rule, int, str]]:
    claimed: set[int] = set()
    lowered = text.lower()
    for rule in _RULES:
        if not any(mark in lowered for mark in rule.marks):
            continue
        for match in rule.pattern.finditer(text):
            end = match.end(match.lastindex or 0)
            if end in claimed:
                continue
            claimed.add(end)
            parts = [part.upper() for part in match.groups()]
            parts[-1] = parts[-1].zfill(rule.digits)
            yield rule, match.start(), rule.form.format(*parts)


def _cells(first_column: str | None) -> list[str]:
    return [_LINK.sub(r"\1", cell).strip(" *`|") for cell in (first_column or "").splitlines()]


def _bare_file(stem: str, context: str) -> list[str]:
    if match := _STEM.fullmatch(stem):
        return [f"ERROR-{match.group(1)}"]
    return _bare(stem, context)


def _bare(cell: str, context: str) -> list[str]:
    if _STATE.fullmatch(cell) and _POSTGRES.search(context):
        return [f"SQLSTATE-{cell}"]
    if (match := _NUMBER.fullmatch(cell)) and _CATALOGUE.search(context):
        return [f"ERROR-{match.group(1)}"]
    return []
