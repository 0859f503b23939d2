"""`Bot.answer`: the one orchestrator, from a question to an answer with sources, or to an honest refusal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.answering import citations, composing, sampling, verdict
from bot.types import Scope, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answering.sampling import BoundVoter
    from bot.retrieval.search import Retriever
    from bot.settings import Settings
    from bot.types import Answer, Question, Retrieval, Vote


class Bot:
    """Answers questions; holds no state of its own, so that any number of threads may share one."""

    def __init__(self, retriever: Retriever, voters: Sequence[BoundVoter], settings: Settings) -> None:
        """Take what finds passages, who votes, and the settings of both."""
        self._retriever = retriever
        self._voters = tuple(voters)
        self._settings = settings

    def answer(self, question: Question) -> Answer:
        """Retrieve, judge the evidence, sample and vote, check the citations, and decide.

        A question without evidence is refused before any model is asked. Raises the backends' errors.
        """
        started, trace = time.perf_counter(), Trace()
        with trace.step("retrieve") as detail:
            retrieval = self._retrieve(question)
            detail |= _found(retrieval)
        if not retrieval.answerable:
            return composing.refusal(question, retrieval, None, trace.steps, time.perf_counter() - started)
        with trace.step("vote") as detail:
            vote = self._vote(question, retrieval)
            detail |= {"used": vote.used, "spoilt": vote.spoilt, "clusters": len(vote.clusters)}
        with trace.step("check") as detail:
            checked = citations.check(vote, retrieval.passages, question.language)
            decided = verdict.decide(retrieval, vote, checked, self._settings.retrieval)
            detail |= {"dropped": checked.dropped, "outcome": decided.outcome}
        seconds = time.perf_counter() - started
        if decided.outcome == "refused":
            return composing.refusal(question, retrieval, vote, trace.steps, seconds)
        return composing.answer(question, vote, checked, decided, trace.steps, seconds)

    def _retrieve(self, question: Question) -> Retrieval:
        return self._retriever.retrieve(question.text, Scope(question.collections), self._settings.retrieval.passages)

    def _vote(self, question: Question, retrieval: Retrieval) -> Vote:
        return sampling.collect(
            self._voters,
            question.text,
            question.language,
            retrieval.passages,
            self._settings.voting,
            self._settings.models.max_tokens,
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
