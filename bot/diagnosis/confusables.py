"""Codes in recognised text: characters that look alike are exchanged where the grammar then finds a code."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from bot.diagnosis import codes
from bot.diagnosis.codes.normal import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[A-Za-z0-9|]{1,24}(?: ?[-\u2010-\u2015\u2212\u4e00~] ?[A-Za-z0-9|]{1,12}){0,2}")
_JOIN = re.compile(r" ?[-\u2010-\u2015\u2212\u4e00~] ?")
_LETTERS = str.maketrans("015|", "OISI")
_DIGITS = str.maketrans("OoQDlIi|Ss", "0000111155")
_STATE = str.maketrans("OoIl|", "00111")
"""No SQLSTATE but those of foreign data, HV, has an O or I behind its first two characters."""

_WORDED = re.compile(r"([A-Za-z015|]{2,5}?)([0-9OoIl|Ss]{3,5})([A-Z]?)")
_RUN_ON = re.compile(r"([A-Za-z]{3,8})([0-9]{3,5})")
_STATE_TAIL = 3
_MOST_TOKENS, _LONGEST = 60, 600
"""A line of a screen has no more tokens and characters; the rest of one that has is left as it is."""


def repaired(text: str) -> str:
    """Exchange O and 0, I, l and 1, S and 5, and what stands for a hyphen, where that makes a code of a product.

    A line keeps every code that it already names; nothing else is changed.
    """
    if text.isspace() or not text:
        return text
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    """Repair one line; codes that it named before are in it afterwards."""
    for _ in range(3):
        better = next(_better(line), None)
        if better is None:
            break
        line = better
    return _with_states(line)


def _with_states(line: str) -> str:
    """Repair the SQLSTATEs of a line, which are codes whatever letters they have."""
    for found in codes.find(line):
        head, tail = line[found.start : found.start + 2], line[found.start + 2 : found.end]
        if found.form.startswith("SQLSTATE-") and len(tail) == _STATE_TAIL and head.upper() != "HV":
            line = line[: found.start] + head.replace("O", "0") + tail.translate(_STATE) + line[found.end :]
    return line


def _better(line: str) -> Iterator[str]:
    """Yield the line with one token, or two neighbours, exchanged so that it names a code more."""
    known, plain = _named(line), folded(line)
    found = islice(_TOKEN.finditer(plain, 0, _LONGEST), _MOST_TOKENS)
    options = [(match.span(), list(dict.fromkeys(_candidates(match[0])))) for match in found]
    for (start, end), written in options:
        for each in written:
            other = line[:start] + each + line[end:]
            if _named(other) > known:
                yield other
    for ((start, end), first), ((begin, stop), second) in pairwise(options):
        for one in first:
            for two in second:
                other = line[:start] + one + line[end:begin] + two + line[stop:]
                if _named(other) > known:
                    yield other


def _named(line: str) -> frozenset[str]:
    """Return the codes of products that a line names: an identifier of no known product is no reason to change it."""
    return frozenset(found.form for found in codes.find(line) if found.product not in {"other", "http"})


def _candidates(token: str) -> Iterator[str]:
    """Yield what a token may have been, other than itself."""
    for candidate in _readings(token):
        if candidate != token:
            yield candidate


def _readings(token: str) -> Iterator[str]:
    parts = _JOIN.split(token)
    if len(parts) > 1:
        yield "-".join([parts[0].translate(_LETTERS), *(part.translate(_DIGITS) for part in parts[1:])])
        return
    if (digits := token.translate(_DIGITS)).isdigit() and any(char.isdigit() for char in token):
        yield digits
    if match := _RUN_ON.fullmatch(token):
        yield f"{match[1]} {match[2]}"
    if any(char.isdigit() for char in token) and any(char.isalpha() for char in token):
        yield token.translate(_LETTERS)
        if match := _WORDED.fullmatch(token):
            yield match[1].translate(_LETTERS) + match[2].translate(_DIGITS) + match[3]
