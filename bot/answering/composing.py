"""Words the finished answer: text, notices, closest documents and the line that shows the agreement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from bot.answering import prompting
from bot.answering.citations import cite
from bot.diagnosis.logs import summaries
from bot.phrases import say
from bot.types import Answer, Citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.factcheck import Checked
    from bot.answering.verdict import Verdict
    from bot.types import Language, Question, Retrieval, Vote

CLOSEST = 3
"""Documents named beside a refusal."""

CODES = 3
"""Unknown codes named in a refusal."""

Voices = Literal["reasoning", "quoting", "mixed"]
"""Who votes: models that reason, only the one that quotes, or both and the one that quotes won."""

_LETTERS = re.compile(r"[A-Za-z]{2,}")
_BRACKETED = re.compile(r"\[([^\]]*)\]")
_REFUSALS = {"unsupported": "refusal_unsupported", "spoilt": "refusal_spoilt"}


def compose(
    question: Question,
    retrieval: Retrieval,
    vote: Vote | None,
    checked: Checked | None,
    verdict: Verdict,
    *,
    voices: Voices = "reasoning",
) -> Answer:
    """Build the answer; its id is the question's, and trace and seconds are the caller's to add.

    `text` is the answer's Markdown alone, or the refusal's sentences; sources, agreement, notices and closest
    documents are fields that each messenger shows in its own way. Where the voices only quote, a notice says so; where
    any reasons, the answer may be compared with what it says without documents.
    """
    words = question.language
    winner = vote.winner if vote is not None and verdict.outcome != "refused" else None
    answered = winner is not None and checked is not None
    text, citations = refusal(verdict, retrieval, question), tuple[Citation, ...]()
    if winner is not None and checked is not None:
        text, citations = cite(checked, winner.key, retrieval.passages, words)
    return Answer(
        id=question.id,
        question_id=question.id,
        outcome=verdict.outcome,
        text=text,
        language=words,
        citations=citations,
        vote=vote,
        confidence=verdict.confidence,
        closest=() if answered else closest(retrieval),
        notices=(*cut(question), *notices(verdict, checked, words, offline=voices != "reasoning" and answered)),
        comparable=answered and voices != "quoting",
    )


def cut(question: Question) -> tuple[str, ...]:
    """Say what of a question was left out of the prompt; nothing where all of it was read."""
    kept = prompting.shortened(question)
    if not kept.left_out:
        return ()
    if kept.log is None:
        return (say("question_cut", question.language, count=kept.left_out),)
    told = summaries.summary(kept.log, question.language)
    return (say("question_log_cut", question.language, summary=told, count=kept.left_out),)


def agreement(vote: Vote, language: Language) -> str:
    """Say how many of the samples that count stood behind the winner: `5 of 7 samples agree`."""
    if not vote.clusters:
        return say("agreement_none", language)
    return say("agreement", language, count=vote.clusters[0].count, total=vote.used - vote.spoilt)


def refusal(verdict: Verdict, retrieval: Retrieval, question: Question) -> str:
    """Say that the documents do not hold the answer, name the closest ones, and offer a human.

    Of a code that no page knows, pages about similar codes are named as that. No passage's text, and no number in
    brackets, which would look like a source.
    """
    language = question.language
    if not question.text.strip():  # all that was sent was a file that could not be read; a notice says so
        return "\n\n".join([say("refusal_wordless", language), say("human", language)])
    human = say("human_log" if "\n" in question.text.strip() else "human", language)
    reason = verdict.reasons[0] if verdict.reasons else "no_evidence"
    if reason == "missing_codes" and retrieval.missing_codes:
        first = say("refusal_codes", language, codes=", ".join(retrieval.missing_codes[:CODES]))
        listed = similar(_similar(retrieval), language) or _listed("closest", closest(retrieval), language)
        return "\n\n".join([first, *listed, human])
    first = say(_REFUSALS.get(reason, "refusal"), language)
    return "\n\n".join([first, *_listed("closest", closest(retrieval), language), human])


def similar(titles: Sequence[str], language: Language) -> list[str]:
    """List pages that are not about the code that was asked for, and say that; nothing where there are none."""
    return _listed("similar", titles, language)


def _listed(key: str, titles: Sequence[str], language: Language) -> list[str]:
    shown = [_BRACKETED.sub(r"(\1)", title) for title in titles]
    head = say(key, language) + ("：" if language == "zh" else ":")
    return ["\n".join([head, *(f"- {title}" for title in shown)])] if shown else []


def _similar(retrieval: Retrieval) -> tuple[str, ...]:
    """Name pages about similar codes, then what was found about codes of the same kind; no page about anything else."""
    kinds = tuple(match[0] for code in retrieval.missing_codes if (match := _LETTERS.match(code)))
    chunks = [passage.chunk for passage in retrieval.passages]
    coded = [chunk.title for chunk in chunks if any(code.startswith(kinds) for code in chunk.defines)]
    return tuple(dict.fromkeys([*retrieval.near, *coded]))[:CLOSEST]


def closest(retrieval: Retrieval) -> tuple[str, ...]:
    """List the titles of the nearest documents, each document once, those about similar codes first."""
    titles = {p.chunk.document: p.chunk.title for p in reversed(retrieval.passages)}
    order = dict.fromkeys(p.chunk.document for p in retrieval.passages)
    return tuple(dict.fromkeys([*retrieval.near, *(titles[document] for document in order)]))[:CLOSEST]


def notices(verdict: Verdict, checked: Checked | None, language: Language, *, offline: bool) -> tuple[str, ...]:
    """List what people should know beside the answer: why it carries a warning, and that it only quotes."""
    found = []
    if verdict.outcome == "answered_with_warning":
        counts = {"commands": checked.commands, "dropped": checked.dropped} if checked else {}
        found = [say(f"warning_{reason}", language, count=counts.get(reason, 0)) for reason in verdict.reasons]
    if checked is not None and checked.destructive and verdict.outcome != "refused":
        found.append(say("commands_destroy", language))
    if offline:
        found.append(say("offline", language))
    return tuple(found)
