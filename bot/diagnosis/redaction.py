"""Takes secrets out of texts before anybody else sees them, and leaves what a diagnosis needs: codes, times, versions.

What a secret looks like is said in `credentials` and `identities`. Every rule runs in time that grows with the text's
length and no faster. The rules are ours since no library finds what these texts hold: detect-secrets looks at lines
of code for entropy and knows no Chinese, no SQL and no command line; python-stdnum and phonenumbers judge a number
that somebody else has found, 15 times slower than five lines of check digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.diagnosis import private_keys
from bot.diagnosis.naming import Names
from bot.diagnosis.rules import CLOSE, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.diagnosis.rules import Rule, Span

_MOST_ROUNDS = 4
"""What was masked can make the text beside it look like a secret; after so many rounds nobody asks again."""

CREDENTIALS = ("password", "token", "private-key")
"""Kinds of which each value is a secret for itself, whoever it belongs to."""

_BEFORE, _BEHIND = 400, 1_000
"""A secret begins at most so far before the line of its mark, or so far behind it; where a mark stands often, and in a
short text, all of it is looked through."""

_OFTEN = 500

_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF0D, 0xFF5B) if chr(wide).isalnum() or chr(wide) in "－＝＿"}

_ECHOES = 64
"""So many distinct passwords and tokens are looked for wherever else they stand."""

_ECHOING = 8


@dataclass(frozen=True, slots=True)
class Redacted:
    """Texts without their secrets, and how many distinct ones of each kind were taken out."""

    texts: tuple[str, ...] = field(repr=False)
    counts: Mapping[str, int]


def redact(texts: Sequence[str], rules: Sequence[Rule], others: Sequence[Sequence[str]] = ()) -> Redacted:
    """Mask the secrets of texts that are read together: equal values have one name, `<password-1>`, in all of them.

    Names that stand in `texts` already stay, and no value is called by one of them. Each of `others` is a group of
    texts with names of its own, which mean something else and are named anew. The result has all texts in order, and
    every line where it was.
    """
    names = Names()
    hidden = [names.keeping(text) for text in texts]
    hidden += [names.renaming(text, group) for group, each in enumerate(others) for text in each]
    hidden = [_masked(text, rules, names) for text in hidden]
    echoes = [(kind, value) for kind, value in names.values(*CREDENTIALS[:2]) if _echoes(value)][:_ECHOES]
    hidden = [_without_echoes(text, echoes, names) for text in hidden]
    return Redacted(tuple(map(names.shown, hidden)), dict(names.counts))


def _masked(text: str, rules: Sequence[Rule], names: Names) -> str:
    """Mask credentials until no more are found, and then what are no parts of them."""
    secret = [rule for rule in rules if rule.kind in CREDENTIALS]
    for _ in range(_MOST_ROUNDS):
        before = text
        if private_keys.MARK in text:
            text = _replaced(text, "private-key", private_keys.blocks(text), names)
        text = _ruled(text, secret, names)
        if text == before:
            break
    return _ruled(text, [rule for rule in rules if rule.kind not in CREDENTIALS], names)


def _ruled(text: str, rules: Sequence[Rule], names: Names) -> str:
    plain = _narrowed(text)
    lowered = plain.lower()
    for rule in rules:
        windows = _windows(plain, lowered, rule.marks)
        found = [found for start, end in windows for found in rule.find(plain, start, end)]
        if found:
            text = _replaced(text, rule.kind, found, names)
            plain = _narrowed(text)
            lowered = plain.lower()
    return text


def _narrowed(text: str) -> str:
    """Return a text of the same length with full-width letters and digits as ASCII."""
    return text.translate(_NARROW) if _WIDE.search(text) else text


def _windows(text: str, lowered: str, marks: Sequence[str]) -> list[Span]:
    """Return where a secret with one of the marks may be; apart, in order."""
    if not marks:
        return [(0, len(text))]
    most = len(text) // _OFTEN
    spots: list[int] = []
    for mark in marks:
        at = lowered.find(mark)
        while at >= 0:
            spots.append(at)
            if len(spots) > most or len(lowered) != len(text):
                return [(0, len(text))]
            at = lowered.find(mark, at + _OFTEN)
    return _merged(text, sorted(spots))


def _merged(text: str, spots: Sequence[int]) -> list[Span]:
    found: list[Span] = []
    for spot in spots:
        start = text.rfind("\n", 0, max(0, spot - _BEFORE)) + 1
        end = text.find("\n", spot + _OFTEN + _BEHIND)
        end = len(text) if end < 0 else end + 1
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _replaced(text: str, kind: str, spans: Iterable[Span], names: Names) -> str:
    """Replace spans, which are in order and apart, and leave as many lines as there were."""
    pieces, last = [], 0
    for start, end in _unmasked(text, spans):
        pieces += [text[last:start], names.name(kind, text[start:end]), "\n" * text.count("\n", start, end)]
        last = end
    return "".join([*pieces, text[last:]])


def _unmasked(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    return ((a, b) for a, b in spans if a < b and not (text[a] == OPEN and text.find(CLOSE, a) == b - 1))


def _echoes(value: str) -> bool:
    """Tell a password that is no word, so that it is the same secret wherever it stands."""
    return len(value) >= _ECHOING and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _without_echoes(text: str, values: Iterable[tuple[str, str]], names: Names) -> str:
    for kind, value in values:
        if value in text:
            text = text.replace(value, names.name(kind, value))
    return text
