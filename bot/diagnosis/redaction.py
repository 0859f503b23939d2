"""Masks secrets in a text before anybody else sees it, and leaves what a diagnosis needs: codes, times, versions.

What a secret looks like is said in `credentials` and `identities`; here it is only taken out. Every rule runs in time
that grows with the text's length and no faster.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.diagnosis import credentials, identities
from bot.diagnosis.rules import CLOSE, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.diagnosis.rules import Rule, Span

_MOST_ROUNDS = 4
"""What was masked can make the text beside it look like a secret; after so many rounds nobody asks again."""

_RULES = (*credentials.RULES, *identities.RULES)
_MASK = re.compile(rf"{OPEN}[a-z-]{{1,20}}{CLOSE}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its secrets, and how many of each kind were taken out."""

    text: str = field(repr=False)
    counts: Mapping[str, int]


def masked(text: str, *, emails: bool = False) -> str:
    """Return `text` with each secret replaced by its kind, such as `‹password›`; twice masks no more than once.

    `emails` masks addresses of e-mail too.
    """
    return redact(text, emails=emails).text


def redact(text: str, *, emails: bool = False) -> Redacted:
    """Mask the secrets of a text, and count them by kind."""
    rules = (*_RULES, *identities.EMAILS) if emails else _RULES
    counts: Counter[str] = Counter()
    for _ in range(_MOST_ROUNDS):
        before = text
        text = _without_keys(text, counts)
        for rule in rules:
            text = _without(rule, text, counts)
        if text == before:
            break
    return Redacted(text, dict(counts))


def _without(rule: Rule, text: str, counts: Counter[str]) -> str:
    lowered = text.lower() if rule.marks else ""
    if rule.marks and not any(mark in lowered for mark in rule.marks):
        return text
    return _replaced(text, rule.kind, list(rule.find(text)), counts)


def _without_keys(text: str, counts: Counter[str]) -> str:
    if credentials.KEY_MARK not in text:
        return text
    return _replaced(text, "private-key", list(credentials.key_blocks(text)), counts)


def _replaced(text: str, kind: str, spans: Sequence[Span], counts: Counter[str]) -> str:
    """Replace spans, which are in order and apart; what is masked already stays as it is."""
    pieces, last = [], 0
    for start, end in _unmasked(text, spans):
        pieces += [text[last:start], f"{OPEN}{kind}{CLOSE}"]
        last = end
        counts[kind] += 1
    return "".join([*pieces, text[last:]])


def _unmasked(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    return (span for span in spans if span[0] < span[1] and not _MASK.fullmatch(text, *span))
