"""What is pasted into a question: a log that is read once, and the distinct errors in it, the root first."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.diagnosis import codes
from bot.diagnosis.logs import lexicon, reading
from bot.diagnosis.logs.reading import Log
from bot.types import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.diagnosis.logs.kinds import Kind

LOOKED_UP = 6
"""So many distinct errors are each looked up by themselves at most; those beyond are named with their counts."""

SHOWN = 4_000
"""Characters of one error's lines that its part of the question holds; half a prompt's room is for other things."""

NAME = 90
"""Characters of a message that stand for an error without a code."""

_STAMPED, _SHARE = 3, 4
"""A log has at least so many lines that begin with a time, and not less than one event in so many."""

_ASKS = re.compile(r"(?i)[?？]|^\W*(?:please|help|how|what|why)\b|怎么|如何|怎样|为什么|请|吗|呢|帮")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Part:
    """One of several distinct errors: what is asked about it, how it is called, where it stood first and how often.

    `text` is what the asker said, with the lines of this error alone; `origin` is what its passages are preferred by.
    """

    text: str = field(repr=False)
    name: str = field(repr=False)
    line: int
    count: int
    origin: Origin = field(repr=False)


@dataclass(frozen=True, slots=True)
class Paste:
    """A log with several distinct errors, the root first: `parts` are worth looking up, `further` are named.

    `uncounted` says how many more there are of which nothing but the number is known.
    """

    log: Log
    parts: tuple[Part, ...]
    further: tuple[Part, ...]
    uncounted: int


@functools.lru_cache(maxsize=8)
def read(text: str) -> Log:
    """Read a text as a log, once for all that want to know of it; a long one takes half a second."""
    return reading.of_text(text)


def is_log(log: Log) -> bool:
    """Tell a log from a text with an error in it, by the lines that begin with a time."""
    return log.root is not None and log.stamped >= max(_STAMPED, log.events // _SHARE)


def origin(text: str) -> Origin | None:
    """Return where a pasted error comes from; None for a text of one line, whose words say all that there is."""
    if not _may_be_log(text) or not (codes.strict(text) or _stamped(text)):
        return None
    log = read(text)
    return None if log.root is None else _origin(log, log.root)


def several(text: str) -> Paste | None:
    """Take a text with several distinct errors apart; None for any other, which is asked about as it is.

    Distinct are errors with codes of their own; in a log, whose lines begin with times, also messages without a code
    that are more than what follows from another error.
    """
    if not _may_be_log(text) or (_repeats(text) and not _stamped(text)):
        return None
    log, said = read(text), _said(text)
    ordered = [kind for kind in reading.important(log.kinds) if kind.is_error or kind is log.root]
    kinds = _distinct(kind for kind in ordered if kind.texts and kind.texts[0].strip() not in said)
    told = [kind for kind in kinds if _key(kind)[0] == "code" or (is_log(log) and (kind is kinds[0] or _is_own(kind)))]
    if len(told) < 2:  # noqa: PLR2004 - several
        return None
    rest = [kind for kind in kinds if kind not in told[:LOOKED_UP]]
    full, further = ([_part(log, kind, said) for kind in group] for group in (told[:LOOKED_UP], rest))
    return Paste(log, tuple(full), tuple(further), max(0, log.errors - sum(kind.is_error for kind in log.kinds)))


def _may_be_log(text: str) -> bool:
    return "\n" in text.strip()


def _repeats(text: str) -> bool:
    """Tell a text that names no two codes, so that nothing in it needs to be told apart."""
    return len(codes.strict(text)) < 2  # noqa: PLR2004 - two


def _stamped(text: str) -> bool:
    """Tell quickly whether enough lines begin with a digit or a bracket to be a log."""
    begun = [line[:12] for line in text.splitlines() if line.strip()]
    return sum(1 for line in begun if _DIGITS.search(line)) >= max(_STAMPED, len(begun) // _SHARE)


def _said(text: str) -> list[str]:
    """Return the first and the last line where a person asks something in them, and nothing names a code there."""
    filled = [line.strip() for line in text.splitlines() if line.strip()]
    ends = dict.fromkeys([*filled[:1], *(filled[-1:] if f"\n\n{filled[-1]}" in text or _is_han(filled[-1]) else [])])
    return [line for line in ends if _ASKS.search(line) and not codes.strict(line)]


def _is_han(line: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in line)


def _distinct(kinds: Iterable[Kind]) -> list[Kind]:
    """Join kinds that name the same code, the most important one speaking for all; codes come before bare messages.

    The first kind stays the first: it is the root.
    """
    found: dict[tuple[str, str], Kind] = {}
    for kind in kinds:
        key = _key(kind)
        known = found.get(key)
        found[key] = kind if known is None else replace(known, count=known.count + kind.count)
    first, others = list(found.values())[:1], list(found.values())[1:]
    return [*first, *sorted(others, key=lambda kind: _key(kind)[0] != "code")]


def _key(kind: Kind) -> tuple[str, str]:
    """Return what tells an error from others: the code of its deepest cause, else its message without literals."""
    named = codes.strict(kind.message) or codes.strict(kind.text)
    return ("code", named[0]) if named else ("message", kind.template)


def _is_own(kind: Kind) -> bool:
    """Tell a message without a code that may have a cause of its own from one that only follows from others."""
    message = kind.message
    return not lexicon.is_noise(message) and (lexicon.is_cause(message) or not lexicon.is_consequence(message))


def _part(log: Log, kind: Kind, said: list[str]) -> Part:
    form, name = _key(kind)
    lines = kind.text if kind.message in kind.texts[0] else f"{kind.message}\n{kind.text}"
    return Part(
        text="\n".join([*said, lines[:SHOWN]]),
        name=name if form == "code" else kind.message[:NAME],
        line=kind.number,
        count=kind.count,
        origin=_origin(log, kind),
    )


def _origin(log: Log, kind: Kind) -> Origin:
    signature = reading.signature(log, kind)
    return Origin(signature.product, signature.version, "\n".join((signature.component, *kind.before)))
