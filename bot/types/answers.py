"""Prompts, samples, votes, citations and the answer they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.types.questions import Language
from bot.types.retrieval import Passage

Stage = Literal["retrieving", "sampling", "checking"]
"""What people may be told about an answer that is being made."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: its stage, and while it is voted on, how many of the samples drawn so far agree."""

    stage: Stage
    agreeing: int = 0
    drawn: int = 0


NO_REPLY = "no reply from the model"
"""Why a ballot is spoilt that never came: its model was down or refused."""

Outcome = Literal["answered", "answered_with_warning", "refused", "escalated", "failed", "unaided"]
"""`unaided` is what models say without documents, for comparison: it has no sources and nothing of it was checked."""

Shape = Literal["free", "error"]
"""How an answer is laid out: as its question wants, or as what an error wants, from what happened to the risk."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model: chat messages for language models, question and passages for extractive ones.

    `messages` are (role, content) pairs; `schema` is the JSON schema of the expected object or None. `drawn` counts
    the samples that were taken of this prompt before, so that a reproducible model does not repeat them.
    """

    messages: tuple[tuple[Literal["system", "user", "assistant"], str], ...]
    question: str
    passages: tuple[Passage, ...]
    language: Language
    temperature: float = 0.7
    max_tokens: int = 800
    schema: Mapping[str, object] | None = None
    drawn: int = 0
    shape: Shape = "free"


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled text with the token counts that the server reported (0 where it reported none)."""

    text: str
    finish_reason: str = "stop"
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One ballot. `spoilt` says why it does not count, or is None; `answerable=False` is a vote for refusing."""

    voter: str
    weight: float
    answerable: bool = False
    key: str = ""
    answer: str = ""
    citations: tuple[int, ...] = ()
    spoilt: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Samples whose keys mean the same: the spokesman's key, the ballots, their weight, and their positions."""

    key: str
    count: int
    weight: float
    members: tuple[int, ...]
    refusal: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome of sampling: clusters by weight, the winner's sample, and how many samples stood behind it.

    `used` counts every sample taken, spoilt ones too. `agreement` is the winner's share of the samples that count.
    `winner` is None when every ballot was spoilt. `tied` marks a split vote.
    """

    clusters: tuple[Cluster, ...]
    samples: tuple[Sample, ...]
    winner: Sample | None
    used: int
    spoilt: int
    agreement: float
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source of an answer, as people see it; `place` is page, heading or row in the asker's language."""

    number: int
    document: str
    chunk: str
    title: str
    place: str
    url: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the pipeline's trace: its name, how long it took in seconds, and what it decided (never texts)."""

    name: str
    seconds: float
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What people get. `text` is Markdown with `[n]` markers that refer to `citations`.

    `closest` are the titles of the nearest documents, shown with a refusal. `confidence` is in [0, 1]. `comparable`
    says that there is a language model that could answer without documents, beside it.
    """

    id: str
    question_id: str
    outcome: Outcome
    text: str
    language: Language
    citations: tuple[Citation, ...] = ()
    vote: Vote | None = None
    confidence: float = 0.0
    closest: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    comparable: bool = False
    trace: tuple[Step, ...] = ()
    seconds: float = 0.0
