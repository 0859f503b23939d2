"""The answer cache: the same question over the same index, in the same scope, is answered once."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot import metrics, text
from bot.conversation import answers, leasing
from bot.conversation.flight import Flights
from bot.ports import Answerer, Store
from bot.types import NO_REPLY, Answer, Question, Step

if TYPE_CHECKING:
    from bot.types import Outcome, Progress

log = logging.getLogger(__name__)

KEPT: frozenset[Outcome] = frozenset({"answered", "answered_with_warning", "refused"})
"""Outcomes that the same question would have again."""

MAKESHIFT_S = 60.0
"""An answer for which a voter was missing serves those who ask at the same time, and then the voter may be back."""

_STEP = "cache"
_NOT_KEPT = b"-"
"""Stands for a moment in place of an answer that is not kept, so that who waits for it computes at once."""

_Found = Answer | Literal["not kept"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything but the question and the state of the index that an answer depends on, as a process was started.

    `code` is `bot.pipeline.VERSION`. `voters` are (model, prompt, temperature, weight) with, in step, the versions of
    their `prompts`. `voting` and `retrieval` are the settings as JSON, `evidence` is the hash of the index's profile.
    """

    code: int
    index: str
    embedder: str
    reranker: str
    voters: tuple[tuple[str, str, float, float], ...]
    prompts: tuple[str, ...]
    voting: str
    retrieval: str
    evidence: str
    max_tokens: int


def key(question: Question, generation: int, recipe: Recipe) -> str:
    """Return the hash under which an answer to `question` is kept; who asks, and where, is no part of it.

    What is asked of us and what was said before are. What two people type differently and mean alike (`text.alike`) has
    one key; two scopes never do.
    """
    scope = [None if names is None else sorted(names) for names in astuple(question.scope)]
    context = [[turn.speaker, turn.text] for turn in question.context]
    parts = [question.task, text.alike(question.text), context, scope, question.language, generation, asdict(recipe)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def served(answer: Answer) -> bool:
    """Tell whether an answer was taken from the cache, so that nothing was computed for it."""
    return any(step.name == _STEP for step in answer.trace)


def lasting_s(answer: Answer) -> float:
    """Return how long an answer is worth keeping, in seconds: 0 for one that the same question may not get again."""
    vote = answer.vote
    if answer.outcome not in KEPT or (vote is not None and vote.winner is None):
        return 0.0
    missing = vote is not None and any(sample.spoilt == NO_REPLY for sample in vote.samples)
    return MAKESHIFT_S if missing else math.inf


@dataclass(frozen=True, slots=True)
class CachingAnswerer:
    """An `Answerer` before another one; `key` names the answer to a question as the index is now.

    An answer is kept for `ttl_s` seconds. A store that is down stops no answer.
    """

    inner: Answerer
    key: Callable[[Question], str]
    store: Store
    flights: Flights
    ttl_s: float

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        """Return the kept answer under the question's id, or compute it once for all who ask at the same time.

        Raises what the answerer behind it raises, and the index's errors.
        """
        started = time.perf_counter()
        key_ = self.key(question)
        result: Literal["hit", "joined", "miss"] = "hit"

        def compute() -> Answer:
            nonlocal result
            result = "miss"
            answer = self.inner.answer(question, tell)
            self._keep(key_, answer)
            return answer

        found = self._look(key_)
        if found is None:
            result = "joined"
            found = self._flown(key_, compute)
        answer = compute() if found == "not kept" else found
        metrics.ANSWER_CACHE.labels(result).inc()
        return answer if result == "miss" else _readdressed(answer, question, result, time.perf_counter() - started)

    def _flown(self, key_: str, compute: Callable[[], _Found]) -> _Found:
        return self.flights.once(f"answering:{key_}", lambda: self._look(key_), compute)

    def _look(self, key_: str) -> _Found | None:
        try:
            value = self.store.get(f"cache:{key_}")
        except leasing.FAILURES as exc:
            log.warning("the answer cache is passed over: %s", exc)
            return "not kept"
        if value is None:
            return None
        return "not kept" if value == _NOT_KEPT else answers.decode(value)

    def _keep(self, key_: str, answer: Answer) -> None:
        ttl_s = min(self.ttl_s, lasting_s(answer))
        value, ttl_s = (answers.encode(answer), ttl_s) if ttl_s else (_NOT_KEPT, self.flights.lease_s)
        try:
            self.store.put(f"cache:{key_}", value, ttl_s)
        except leasing.FAILURES as exc:
            log.warning("the answer to question %s is not kept: %s", answer.question_id, exc)


def _readdressed(answer: Answer, question: Question, result: str, seconds: float) -> Answer:
    step = Step(_STEP, seconds, {"result": result})
    return replace(answer, id=question.id, question_id=question.id, trace=(step,), seconds=seconds)
