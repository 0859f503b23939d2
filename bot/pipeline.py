"""`Bot.answer`: the one orchestrator, from a question to an answer with sources, or to an honest refusal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering import composing, factcheck, sampling, verdict
from bot.conversation import memory
from bot.diagnosis import masking
from bot.retrieval import reranking
from bot.types import Progress, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.answering.sampling import BoundVoter
    from bot.ports import Reranker
    from bot.retrieval.search import Retriever
    from bot.settings import Settings
    from bot.types import Answer, Question, Retrieval, Scope, Vote

VERSION = 5
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
        """Retrieve, judge the evidence, sample and vote, check the citations, and decide.

        A question without evidence is refused before any model is asked. `tell` hears which stage begins and
        how the vote goes. Secrets that the question still holds are masked first. Raises the backends' errors.
        """
        started, trace, asked = time.perf_counter(), Trace(), question
        question = masking.masked_question(asked, self._settings.masking)
        hidden = masking.told(masking.newly(question, asked), asked.language)
        tell(Progress("retrieving"))
        with trace.step("retrieve") as detail:
            question, retrieval = self._retrieve(question)
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
                checked = factcheck.check(vote.winner, retrieval.passages)
                detail.update(kept=checked.kept, dropped=checked.dropped)
            decided = verdict.decide(retrieval, vote, checked, self._settings.retrieval)
            detail.update(outcome=decided.outcome, reasons=decided.reasons)
        composed = composing.compose(question, retrieval, vote, checked, decided, offline=self._quotes(vote))
        seconds = time.perf_counter() - started
        return replace(composed, notices=(*hidden, *composed.notices), trace=trace.steps, seconds=seconds)

    def _quotes(self, vote: Vote | None) -> bool:
        """Tell whether the winning ballot came from a voter that quotes instead of reasoning."""
        return vote is not None and vote.winner is not None and vote.winner.voter in self._quoting

    def _retrieve(self, question: Question) -> tuple[Question, Retrieval]:
        """Find passages for the question, or for what it means together with what was said before it.

        That comes first where it says nothing of its own, and else where it finds nothing and points back.
        """
        meant = memory.standalone(question)
        if meant is not None and not memory.own_words(question.text):
            return replace(question, text=meant), self._find(meant, question.scope)
        found = self._find(question.text, question.scope)
        if meant is None or verdict.worth_asking(found, self._settings.retrieval):
            return question, found
        together = self._find(meant, question.scope)
        return (
            (replace(question, text=meant), together) if memory.fits(question, together.passages) else (question, found)
        )

    def _find(self, text: str, scope: Scope) -> Retrieval:
        kept = self._settings.retrieval.passages
        if self._reranker is None:
            return self._retriever.retrieve(text, scope, kept)
        found = self._retriever.retrieve(text, scope, max(kept, reranking.DEPTH))
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
