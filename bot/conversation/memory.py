"""What was said before a question: as much of it as is worth a model's time, and what it means for searching."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Question, Turn

TOKENS = 1_200
"""So much of a conversation goes into a prompt, in tokens of `bot.text`; the newest and the first of it."""

TURN_TOKENS = 300
_POINTS_BACK = re.compile(
    r"(?i)\b(?:it|its|that|this|these|those|they|them|there|then|same|instead|above|else|again|also|too)\b"
    r"|^\W*(?:and|but|so|or|what\s+about|how\s+about|why)\b"
    r"|[它那这该]|上面|上述|刚才|同样|还有|还是|另外|如果|然后|此外|^\W*(?:为什么|怎么办|呢)"
)


def bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Keep the first turn, which says what the thread is about, and as many of the newest as fit `TOKENS`."""
    said = [replace(turn, text=_cut(turn.text)) for turn in turns if turn.text.strip()]
    if not said:
        return ()
    first, *rest = said
    room, kept = TOKENS - _length(first.text), []
    for turn in reversed(rest):
        room -= _length(turn.text)
        if room < 0:
            break
        kept.append(turn)
    return (first, *reversed(kept))


def standalone(question: Question) -> str | None:
    """Return the question together with the last one before it, or None where it points back at nothing.

    Words such as "it", "and", 它 or 那 point back; without a model that rewrites the question, the nearest thing that
    a person said is what it points at.
    """
    before = [turn.text for turn in question.context if not turn.ours and turn.text.strip()]
    if not before or not _POINTS_BACK.search(question.text):
        return None
    return f"{before[-1]}\n{question.text}"


def _length(text: str) -> int:
    return len(texts.tokens(text))


def _cut(text: str) -> str:
    """Cut a long turn at its end: a log's first lines and an answer's first sentences say what it is about."""
    if _length(text) <= TURN_TOKENS:
        return text
    kept: list[str] = []
    room = TURN_TOKENS
    for line in text.splitlines():
        room -= _length(line)
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept or [text[: TURN_TOKENS * 2]]) + " …"
