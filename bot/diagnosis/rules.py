"""What a rule of the redaction is: the kind of secret, how it is found, and by which marks a text is passed over."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]
Genuine = Callable[[re.Match[str]], bool]

OPEN, CLOSE = "\ufdd0", "\ufdd1"
"""What a mask stands between while rules look for more: characters that no text has, and no rule looks between them."""

GROUPS = ("s", "bare", "quoted", "curled", "escaped")
"""Names that a pattern gives to the secret, one of which matches."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret; lines in lower case without any of `marks` hold none, and no marks mean any line may.

    `find(text, start, end)` yields the spans of secrets there in order, none of which overlap.
    """

    kind: str
    marks: tuple[str, ...]
    find: Callable[[str, int, int], Iterable[Span]]


def rule(kind: str, marks: str, pattern: str, genuine: Genuine | None = None) -> Rule:
    """Make a rule of a pattern with a secret in one of `GROUPS`; what is not `genuine` stays.

    `marks` are parted by blanks.
    """

    @functools.cache
    def compiled() -> re.Pattern[str]:
        """Compile it when it is first needed: all of them take a tenth of a second."""
        return re.compile(pattern)

    def find(text: str, start: int, end: int) -> Iterator[Span]:
        matches = compiled().finditer(text, start, end)
        return (span(match) for match in matches if genuine is None or genuine(match))

    return Rule(kind, tuple(marks.split()), find)


def span(match: re.Match[str]) -> Span:
    """Return where the secret of a match stands."""
    return next(match.span(name) for name in GROUPS if name in match.re.groupindex and match.start(name) >= 0)


def secret(match: re.Match[str]) -> str:
    """Return the secret of a match."""
    start, end = span(match)
    return match.string[start:end]
