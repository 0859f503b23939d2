"""What of a log is shown where there is no room for all of it: the root first, then by importance, with all counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis.logs import reading, summaries
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.diagnosis.logs.kinds import Kind
    from bot.diagnosis.logs.reading import Log
    from bot.types import Language

_SHARE = 3
"""No kind but the root takes more than this part of the room."""

_END = 60
"""Room that the last line, which says what was left out, takes at most."""


class Cut(NamedTuple):
    """A log as it is shown, and how many of its lines, and of its kinds of errors and warnings, are not."""

    text: str
    lines: int
    kinds: int


def cut(log: Log, room: int, language: Language) -> Cut:
    """Show a log in about `room` characters; what is left out is counted, and the text says so too.

    Repeats are not shown, and count among the lines that are left out, as do the lines shown before the root.
    """
    shown, lines, kinds = [summaries.summary(log, language)], 0, 0
    rest = room - len(shown[0]) - _END
    for place, kind in enumerate(reading.important(log.kinds)):
        text, kept = _shown(kind, rest if place == 0 else min(rest, room // _SHARE), language, is_root=place == 0)
        if not kept:
            continue
        shown.append(text)
        rest -= len(text) + 1
        lines += kept
        kinds += 1
    left_out, missing = log.lines - lines, log.errors - kinds
    if left_out:
        shown.append(_said(left_out, max(missing, 0), language))
    return Cut("\n".join(shown), left_out, len(log.kinds) - kinds)


def _said(lines: int, kinds: int, language: Language) -> str:
    return f"[{say('log_left_out', language, lines=summaries.counted(lines), kinds=summaries.counted(kinds))}]"


def _shown(kind: Kind, room: int, language: Language, *, is_root: bool) -> tuple[str, int]:
    """Return a kind under a line that says where it stands, and how many lines of its first event that shows."""
    place = say("log_root" if is_root else "log_error", language, line=summaries.counted(kind.number))
    head = f"[{place}{_repeated(kind, language)}]"
    before = [line for line in kind.before if len(line) < room // 10] if is_root else []
    rest = room - sum(map(len, [head, *before])) - len(before)
    kept = _fitting(kind.texts, rest)
    if not kept and not is_root:
        return "", 0
    said = "\n".join(kept)
    deepest = [] if kind.message[:_END] in said else [kind.message[: max(rest - len(said), _END)]]
    hidden = kind.size - len(kept)
    more = [f"[{say('log_more', language, count=summaries.counted(hidden))}]"] if hidden > 0 else []
    return "\n".join([head, *before, *kept, *more, *deepest]), min(len(kept), kind.size)


def _fitting(texts: Sequence[str], room: int) -> list[str]:
    """Return the first texts that fit, each on a line."""
    kept = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return kept


def _repeated(kind: Kind, language: Language) -> str:
    if kind.count == 1:
        return ""
    return f" · {say('log_repeated', language, count=summaries.counted(kind.count))}"
