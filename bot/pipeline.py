"""`Bot.answer`: the one orchestrator, from a question to an answer with sources, or to an honest refusal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering import composing, factcheck, sampling, several, unaided, verdict, vetting
from bot.answering.several import Solved
from bot.conversation import memory
from bot.diagnosis import masking, pastes
from bot.retrieval import reranking
from bot.types import Progress, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.answering.composing import Voices
    from bot.answering.sampling import BoundVoter
    from bot.diagnosis.pastes import Paste
    from bot.ports import Reranker
    from bot.retrieval.search import Retriever
    from bot.settings import Settings
    from bot.types import Answer, Origin, Question, Retrieval, Scope, Vote

VERSION = 6
"""Raise it with every change after which a question may be answered otherwise: no answer kept before is found then."""

QUOTING = "offline://"
"""Name of the model that quotes sentences and does not reason."""


class Bot:
    """Answers questions; holds no state of its own, so that any number of threads may share one."""

    def __init__(
        self, retriever: Retriever, voters: Sequence[BoundVoter], settings: Settings, reranker: Reranker | None = None
    ) -> None:
        """Take what finds passages, who votes, the settings of both, and what reorders the passages, if anything."""
        self._retriever = retriever
        self._reranker = reranker
        self._voters = tuple(voters)
        self._settings = settings
        self._quoting = frozenset(voter.name for voter in voters if voter.model.name == QUOTING)

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        """Retrieve, judge the evidence, sample and vote, check citations and commands, and decide.

        A question without evidence is refused before any model is asked. Of several distinct errors in one paste each
        is answered so by itself, the root first. What is to be compared is answered without documents. `tell` hears
        which stage begins and how the vote goes. Secrets that the question still holds are masked first. Raises the
        backends' errors.
        """
        started, trace, asked = time.perf_counter(), Trace(), question
        question = masking.masked_question(asked, self._settings.masking)
        hidden = masking.told(masking.newly(question, asked), asked.language)
        if question.task == "compare":
            composed = self._unaided(question, trace)
        elif (paste := pastes.several(question.text)) is not None:
            composed = several.join(question, paste, self._solve_parts(question, paste, trace, tell))
        else:
            composed = self._solve(question, pastes.origin(question.text), trace, tell).answer
        seconds = time.perf_counter() - started
        return replace(composed, notices=(*hidden, *composed.notices), trace=trace.steps, seconds=seconds)

    def _solve_parts(
        self, question: Question, paste: Paste, trace: Trace, tell: Callable[[Progress], None]
    ) -> list[Solved]:
        """Answer errors by importance, until so many are answered that a person reads."""
        solved: list[Solved] = []
        for part in paste.parts:
            if sum(each.is_answered for each in solved) < several.IN_FULL:
                solved.append(self._solve(replace(question, text=part.text), part.origin, trace, tell))
        return solved

    def _solve(
        self, question: Question, origin: Origin | None, trace: Trace, tell: Callable[[Progress], None]
    ) -> Solved:
        """Answer one question, or one of several errors."""
        tell(Progress("retrieving"))
        with trace.step("retrieve") as detail:
            question, retrieval = self._retrieve(question, origin)
            detail.update(_found(retrieval))
        vote = checked = None
        if verdict.worth_asking(retrieval, self._settings.retrieval):
            tell(Progress("sampling"))
            with trace.step("vote") as detail:
                vote = self._vote(question, retrieval, tell)
                detail.update(used=vote.used, spoilt=vote.spoilt, clusters=len(vote.clusters))
        tell(Progress("checking"))
        with trace.step("check") as detail:
            if vote is not None and vote.winner is not None:
                checked = factcheck.check(vote.winner, retrieval.passages, question.text)
                checked = vetting.vet(checked, retrieval.passages, question)
                detail.update(kept=checked.kept, dropped=checked.dropped, commands=checked.commands)
            decided = verdict.decide(retrieval, vote, checked, self._settings.retrieval)
            detail.update(outcome=decided.outcome, reasons=decided.reasons)
        answer = composing.compose(question, retrieval, vote, checked, decided, voices=self._voices(vote))
        return Solved(answer, decided, retrieval.near)

    def _unaided(self, question: Question, trace: Trace) -> Answer:
        """Let the models that reason answer without documents."""
        with trace.step("unaided"):
            reasoning = [voter for voter in self._voters if voter.name not in self._quoting]
            return unaided.reply(reasoning, question, self._settings.models.max_tokens)

    def _voices(self, vote: Vote | None) -> Voices:
        """Tell who votes, and whether the winning ballot came from a voter that quotes instead of reasoning."""
        if len(self._quoting) == len({voter.name for voter in self._voters}):
            return "quoting"
        quotes = vote is not None and vote.winner is not None and vote.winner.voter in self._quoting
        return "mixed" if quotes else "reasoning"

    def _retrieve(self, question: Question, origin: Origin | None) -> tuple[Question, Retrieval]:
        """Find passages for the question, or for what it means together with what was said before it.

        That comes first where it says nothing of its own, and else where it finds nothing and points back.
        """
        meant = memory.standalone(question)
        if meant is not None and not memory.own_words(question.text):
            return replace(question, text=meant), self._find(meant, question.scope, origin)
        found = self._find(question.text, question.scope, origin)
        if meant is None or verdict.worth_asking(found, self._settings.retrieval):
            return question, found
        together = self._find(meant, question.scope, origin)
        return (
            (replace(question, text=meant), together) if memory.fits(question, together.passages) else (question, found)
        )

    def _find(self, text: str, scope: Scope, origin: Origin | None) -> Retrieval:
        kept = self._settings.retrieval.passages
        if self._reranker is None:
            return self._retriever.retrieve(text, scope, kept, origin)
        found = self._retriever.retrieve(text, scope, max(kept, reranking.DEPTH), origin)
        return replace(found, passages=reranking.rerank(text, found.passages, self._reranker)[:kept])

    def _vote(self, question: Question, retrieval: Retrieval, tell: Callable[[Progress], None]) -> Vote:
        return sampling.collect(
            self._voters,
            question,
            retrieval.passages,
            self._settings.voting,
            self._settings.models.max_tokens,
            tell,
        )


class Trace:
    """The steps of one answer with their durations; details hold counts and scores, never texts."""

    def __init__(self) -> None:
        """Begin with no steps."""
        self.steps: tuple[Step, ...] = ()

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, object]]:
        """Time one step; what is put into the yielded dict becomes its detail."""
        detail: dict[str, object] = {}
        started = time.perf_counter()
        yield detail
        self.steps += (Step(name, time.perf_counter() - started, detail),)


def _found(retrieval: Retrieval) -> dict[str, object]:
    return {
        "passages": len(retrieval.passages),
        "evidence": round(retrieval.evidence, 4),
        "answerable": retrieval.answerable,
        "codes": len(retrieval.codes),
        "missing_codes": len(retrieval.missing_codes),
    }
