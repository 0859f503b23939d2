"""Puts the answers to several errors of one paste together: the root first, the sources numbered through."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import sentences
from bot.answering import composing
from bot.answering.verdict import Verdict
from bot.diagnosis.logs.summaries import counted
from bot.phrases import say
from bot.types import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.diagnosis.pastes import Part, Paste
    from bot.types import Citation, Language, Outcome, Question

IN_FULL = 3
"""So many errors are answered; then it is enough."""

NAMED = 10
"""Errors that are only named; of more the number is said."""

_ANSWERED = frozenset({"answered", "answered_with_warning"})
_GAPS = tuple(
    re.compile(re.escape(say("cut", language, count="\0")).replace("\0", r"\d+")) for language in ("en", "zh")
)
"""What stands where lines of a file were left out; then its own notice says how many lines it had."""


@dataclass(frozen=True, slots=True)
class Solved:
    """One question's answer, how that was judged, and titles of pages about similar codes."""

    answer: Answer
    verdict: Verdict
    near: tuple[str, ...]

    @property
    def is_answered(self) -> bool:
        """Whether it was answered, with a warning or without."""
        return self.answer.outcome in _ANSWERED


def join(question: Question, paste: Paste, solved: Sequence[Solved]) -> Answer:
    """Return one answer for the parts that are solved, the first ones, which is answered if the root is.

    A part without a page says so in a line. Where only others than the root are answered, a warning says that.
    """
    language = question.language
    numbers: dict[str, int] = {}
    citations: list[Citation] = []
    texts: list[str] = []
    for place, (part, each) in enumerate(zip(paste.parts, solved, strict=False)):
        title = _title(part, language, number=place + 1)
        if not each.is_answered:
            texts.append(f"{title}\n\n{_lacking(part, each, language)}")
            continue
        local = {citation.number: _number(citation, numbers, citations) for citation in each.answer.citations}
        texts.append(f"{title}\n\n{sentences.replace_markers(each.answer.text, local)}")
    texts += _further((*paste.parts[len(solved) :], *paste.further), paste.uncounted, language)
    main = solved[0] if solved[0].is_answered else next((each for each in solved if each.is_answered), solved[0])
    if not main.is_answered:
        texts.append(say("human", language))
    return replace(
        main.answer,
        id=question.id,
        question_id=question.id,
        outcome=_outcome(solved),
        text="\n\n".join(texts),
        citations=tuple(citations),
        closest=() if main.is_answered else main.answer.closest,
        notices=_notices(question, paste, solved),
    )


def _outcome(solved: Sequence[Solved]) -> Outcome:
    root = solved[0].answer.outcome
    if root in _ANSWERED:
        return root
    return "answered_with_warning" if any(each.is_answered for each in solved) else root


def _title(part: Part, language: Language, *, number: int) -> str:
    place = say("part_root" if number == 1 else "part_line", language, line=counted(part.line))
    return f"## {number}. {_escaped(part.name)} ({_counted(part, place, language)})"


def _counted(part: Part, place: str, language: Language) -> str:
    times = [say("part_times", language, count=counted(part.count))] if part.count > 1 else []
    return ("，" if language == "zh" else ", ").join([place, *times])


def _lacking(part: Part, solved: Solved, language: Language) -> str:
    """Say of an error that it is not in the documents, and what is near."""
    name = part.name
    reason = next(iter(solved.verdict.reasons), "no_evidence")
    key = "part_missing" if reason in {"missing_codes", "no_evidence", "samples_refuse"} else f"refusal_{reason}"
    first = say(key, language, name=_escaped(name)) if key == "part_missing" else say(key, language)
    return "\n\n".join([first, *composing.similar(solved.near or solved.answer.closest, language)])


def _further(parts: Sequence[Part], uncounted: int, language: Language) -> list[str]:
    if not parts and not uncounted:
        return []
    named = [
        f"- {_escaped(part.name)} ({_counted(part, say('part_line', language, line=counted(part.line)), language)})"
        for part in parts[:NAMED]
    ]
    more = len(parts) - len(named) + uncounted
    rest = [f"- {say('part_more', language, count=counted(more))}"] if more else []
    return [f"## {say('part_further', language)}", "\n".join([*named, *rest])]


def _number(citation: Citation, numbers: dict[str, int], citations: list[Citation]) -> int:
    """Return the number of a source among those of all parts; a passage that two parts cite has one."""
    if citation.chunk not in numbers:
        numbers[citation.chunk] = len(numbers) + 1
        citations.append(replace(citation, number=numbers[citation.chunk]))
    return numbers[citation.chunk]


def _notices(question: Question, paste: Paste, solved: Sequence[Solved]) -> tuple[str, ...]:
    language, errors = question.language, len(paste.parts) + len(paste.further) + paste.uncounted
    is_whole = not any(gap.search(question.text) for gap in _GAPS)
    read = say(
        "log_read" if is_whole else "parts_read", language, lines=counted(paste.log.lines), errors=counted(errors)
    )
    told = say("parts_told", language, summary=read, count=counted(len(solved)))
    unread = [say("log_unreadable", language, count=counted(paste.log.unreadable))] if paste.log.unreadable else []
    only = [] if solved[0].is_answered or not any(each.is_answered for each in solved) else ["parts_not_root"]
    own = [notice for each in solved for notice in each.answer.notices]
    return tuple(dict.fromkeys([told, *unread, *(say(key, language) for key in only), *own]))


def _escaped(name: str) -> str:
    """Let a message of a log look like what it is, not like Markdown or a source's number."""
    return name if name.replace("-", "").replace("_", "").isalnum() else f"`{name.replace('`', '´')}`"
