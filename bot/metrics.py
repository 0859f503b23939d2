"""Every counter, histogram and gauge of Quorum; labels are few-valued: never a user, a channel or a text.

Counters and histograms are counted where things happen. The gauges are read from the ledger and the dead letters when
somebody asks (`Levels`), since they belong to all processes together and to none of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import DeadLetters, Ledger
    from bot.types import Answer, Question

QUESTIONS = Counter("quorum_questions", "Questions that got their reply", ["platform", "outcome"])
STAGE_SECONDS = Histogram(
    "quorum_stage_seconds",
    "Seconds that one stage of an answer took; `answer` is all of them together",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120),
)
SAMPLES = Counter("quorum_samples", "Samples taken from the voters, spoilt ones too")
ANSWER_CACHE = Counter(
    "quorum_answer_cache", "Questions by what the answer cache had for them: hit, miss, joined", ["result"]
)
RETRIES = Counter("quorum_retries", "Payloads that are to be handled again, by the class of the error", ["error"])
FEEDBACK = Counter("quorum_feedback", "Verdicts of people on answers, one a person and answer", ["platform", "value"])
IGNORED = Counter("quorum_ignored", "What a platform told us that asks nothing of us", ["platform", "reason"])
ESCALATIONS = Counter("quorum_escalations", "Questions that were handed to a human")


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge that is read when somebody asks for it: its name and what it says."""

    name: str
    documentation: str

    def at(self, value: float) -> GaugeMetricFamily:
        """Return one reading."""
        return GaugeMetricFamily(self.name, self.documentation, value=value)


LEDGER_UNFINISHED = Gauge("quorum_ledger_unfinished", "Questions that are due and have no reply yet")
QUEUE_AGE_SECONDS = Gauge(
    "quorum_queue_age_seconds",
    "Seconds that the oldest question has waited for somebody to begin on it; 0: none waits",
)
DEAD_LETTERS = Gauge("quorum_dead_letters", "Payloads that were given up and wait for a person")


class Levels(Collector):
    """Reads the gauges from the ledger and the dead letters; leaves out what cannot be reached."""

    def __init__(self, ledger: Ledger, dead: DeadLetters) -> None:
        """Take where questions and given-up payloads are kept."""
        self._ledger, self._dead = ledger, dead

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge."""
        try:
            unfinished = [entry for entry in self._ledger.unfinished(0) if entry.question.address.lasting]
            dead = self._dead.all()
        except QuorumError:
            return
        waiting = [entry.updated_at for entry in unfinished if entry.state == "open"]
        yield LEDGER_UNFINISHED.at(len(unfinished))
        yield QUEUE_AGE_SECONDS.at(max(0.0, time.time() - min(waiting)) if waiting else 0.0)
        yield DEAD_LETTERS.at(len(dead))


def record(question: Question, answer: Answer, *, computed: bool = True) -> None:
    """Count a question that got its reply; the stages and samples only if the answer was `computed` for it."""
    QUESTIONS.labels(question.address.platform, answer.outcome).inc()
    if not computed:
        return
    for step in answer.trace:
        STAGE_SECONDS.labels(step.name).observe(step.seconds)
    if answer.trace:
        STAGE_SECONDS.labels("answer").observe(answer.seconds)
    if answer.vote is not None:
        SAMPLES.inc(answer.vote.used)
