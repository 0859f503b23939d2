"""What is read out of a text: its codes with their places, or only their normal forms."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis.codes import grammar, severity
from bot.diagnosis.codes.catalogue import redis
from bot.diagnosis.codes.normal import folded, lowered
from bot.diagnosis.codes.rules import MINOR, Code, Product

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.diagnosis.codes.grammar import Found
    from bot.diagnosis.codes.severity import Severity

_NUMBER = re.compile(r"\s*+-?([0-9]{4,5})\s*+")
_ESCAPE = "\\_"
_PROMISING = re.compile(r"[0-9]|[A-Z]{2}|xception|[a-z]Error")
_LONGEST_LINE = 400
_CONTEXT: tuple[tuple[Product, tuple[str, ...]], ...] = (
    ("oceanbase", ("oceanbase", "obclient", "observer", "obproxy", "ret=-", "ob-")),
    ("tidb", ("tidb", "tikv")),
)


class Carried(NamedTuple):
    """The distinct normal forms that a text carries, the leading error first, then in order of appearance.

    `strict` are those of `codes` whose absence from every page means that there is no answer; `names` the errors that
    have a name and no number: Redis's words, classes of exceptions.
    """

    codes: tuple[str, ...]
    strict: tuple[str, ...]
    names: tuple[str, ...]


def read(text: str) -> Carried:
    """Return all codes of a text, those that are strict, and its named errors."""
    found, number = ranked(text), _lone(text)
    return Carried(
        codes=(number,) if number else _forms(found),
        strict=_forms(one for one in found if one.strict),
        names=_forms(one for one in found if _is_name(one)),
    )


def extract(text: str) -> tuple[str, ...]:
    """Return the distinct normal forms of all codes in `text`, the leading error first, then in order of appearance.

    A text that is nothing but a number of four or five digits is taken for an error number.
    """
    return read(text).codes


def strict(text: str) -> tuple[str, ...]:
    """Return those codes, in the same order, whose absence from every page means that there is no answer."""
    return read(text).strict


def says(text: str, name: str) -> bool:
    """Tell whether a text has the word of a named error, as it is written, also where it is no error there."""
    word = re.escape(name.removeprefix(redis.FORM.format("")))
    return re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", text) is not None


def find(text: str) -> tuple[Code, ...]:
    """Return every occurrence of every code with product, place and severity, in the order of the places."""
    plain = folded(text)
    offsets = _offsets(plain)
    plain = plain.replace(_ESCAPE, "_")
    small = lowered(plain)
    return tuple(
        Code(
            _product(found, small),
            found.form,
            _original(found.start, offsets),
            _original(found.end - 1, offsets) + 1,
            _severity(found, small),
            found.rank,
            found.strict,
        )
        for found in sorted(grammar.scan(plain, small), key=lambda found: (found.start, found.end))
    )


def ranked(text: str) -> list[Found]:
    """Return what the grammar finds, what matters most first."""
    plain = folded(text).replace(_ESCAPE, "_")
    if not _PROMISING.search(plain):
        return []
    return sorted(grammar.scan(plain, lowered(plain)))


def _forms(found: Iterable[Found]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.form for one in found))


def _is_name(found: Found) -> bool:
    return not found.strict and found.rank < MINOR and not any(map(str.isdigit, found.form))


def _lone(text: str) -> str | None:
    number = _NUMBER.fullmatch(folded(text)) if len(text) <= _LONGEST_LINE else None
    return f"ERROR-{number.group(1)}" if number else None


def _offsets(text: str) -> list[int]:
    """Return the places, counted without them, at which a backslash is taken out before an underscore."""
    if _ESCAPE not in text:
        return []
    return [match.start() - number for number, match in enumerate(re.finditer(r"\\_", text))]


def _original(at: int, offsets: list[int]) -> int:
    return at + bisect_right(offsets, at)


def _line(found: Found, small: str) -> tuple[int, int]:
    start = small.rfind("\n", max(0, found.start - _LONGEST_LINE), found.start) + 1
    end = small.find("\n", found.end, found.end + _LONGEST_LINE)
    return start or max(0, found.start - _LONGEST_LINE), end if end >= 0 else found.end + _LONGEST_LINE


def _product(found: Found, small: str) -> Product:
    if found.product not in ("mysql", "other") or not found.form.startswith("ERROR-"):
        return found.product
    line = small[slice(*_line(found, small))]
    return next((product for product, marks in _CONTEXT if any(mark in line for mark in marks)), found.product)


def _severity(found: Found, small: str) -> Severity | None:
    if found.product == "db2" and found.form.startswith("SQL"):
        return severity.of_suffix(found.form)
    start, end = _line(found, small)
    level = severity.of_level(small[found.end : end]) if found.product == "sqlserver" else None
    return level or severity.of_line(small[start:end])
