"""The frozen values that travel through Quorum: questions, chunks, passages, samples, votes and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One embedding: shape (dimensions,), unit length."""

Matrix = NDArray[np.float32]
"""Embeddings, one a row: shape (n, dimensions), rows of unit length."""

Language = Literal["zh", "en"]
Platform = Literal["cli", "web", "slack", "wecom"]
Legs = Literal["all", "words", "meaning"]
Outcome = Literal["answered", "answered_with_warning", "refused", "escalated", "failed"]
Reason = Literal[
    "encrypted", "scanned", "garbled", "corrupt", "too-large", "unknown-type", "empty", "unreadable", "changed", "time"
]
State = Literal["open", "working", "answered", "delivered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What one search may see; `None` sets no limit, an empty set hides everything."""

    collections: frozenset[str] | None = None
    documents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a question came from and where its answer goes."""

    platform: Platform
    conversation: str
    user: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a person; `id` is unique for ever and derived from the platform's message id."""

    id: str
    text: str
    address: Address
    language: Language
    asked_at: float
    collections: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's id of our reply, by which a later delivery updates instead of posting again."""

    platform: Platform
    reference: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its document a chunk stands; pages, rows and lines count from 1, `line_end` is inclusive."""

    headings: tuple[str, ...] = ()
    page: int | None = None
    row: int | None = None
    line_start: int | None = None
    line_end: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that can be found and cited.

    `id` is stable while the document's place in its source is (`<document>#<ordinal>`); `source` is the file,
    relative to `root`, that `document` was read from (they differ for rows of a table); `digest` is the content hash
    of the source file together with the reader's version. `question` is set for rows of a question-and-answer table.
    `defines` are the codes this chunk explains (title, heading, file name, first column, question), `codes` all that
    occur in it. `lines` are the message templates of a page that defines codes, for messages without a code.
    """

    id: str
    document: str
    collection: str
    title: str
    text: str
    source: str
    root: str
    digest: str
    place: Place = Place()
    url: str | None = None
    question: str | None = None
    defines: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def searchable(self) -> str:
        """The text that the indexes see: title path and question in front of the chunk's own text."""
        head = dict.fromkeys((self.title, *self.place.headings, self.question or ""))
        return "\n".join([part for part in head if part] + [self.text])


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk with what the index stores beside it.

    `tokens` are `bot.text.tokens(chunk.searchable)` in order, with repeats. `vector` has the embedder's dimensions.
    `line_vectors` has shape (len(chunk.lines), line dimensions).
    """

    chunk: Chunk
    tokens: tuple[str, ...]
    vector: Vector
    line_vectors: Matrix


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document as the index holds it, enough to decide whether its source changed."""

    document: str
    source: str
    root: str
    digest: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Query:
    """One search over all legs. A leg whose input is missing (no tokens, `None`, no codes) returns nothing.

    `limit` is the length of each ranked list. `line` searches the single lines of pages that define codes.
    """

    tokens: tuple[str, ...] = ()
    vector: Vector | None = None
    codes: tuple[str, ...] = ()
    line: Vector | None = None
    scope: Scope = Scope()
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of a ranked list: a chunk id and the leg's own score (BM25, cosine, or 2 defines / 1 mentions)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """What one search found: ranked lists, best first, ties by chunk id, and the statistics that evidence needs.

    `codes` lists chunks that define a queried code (score 2) before those that mention it (score 1), in the order of
    the queried codes. `lines` scores chunks by their best line. `frequencies` maps each distinct query token to the
    number of chunks it occurs in, `total` counts the chunks of the index (both without regard to the scope).
    `known_codes` are the queried codes that occur in any chunk's code field of the scope. `read` fetches chunks by id.
    """

    words: tuple[Hit, ...]
    meaning: tuple[Hit, ...]
    codes: tuple[Hit, ...]
    lines: tuple[Hit, ...]
    frequencies: Mapping[str, int]
    total: int
    known_codes: frozenset[str]
    read: Callable[[Sequence[str]], Mapping[str, Chunk]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with its fused score and the score of each leg (0 where the leg did not list it)."""

    chunk: Chunk
    score: float
    words: float = 0.0
    meaning: float = 0.0
    code: float = 0.0
    line: float = 0.0


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages for one question, best first, and whether they hold an answer.

    `evidence` is in [0, 1]; `features` are its inputs by name; `missing_codes` are codes of the question that no page
    of the scope carries; `calibrated` says whether `evidence` is a probability fitted on this knowledge base.
    """

    passages: tuple[Passage, ...]
    evidence: float
    answerable: bool
    features: Mapping[str, float] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    missing_codes: tuple[str, ...] = ()
    calibrated: bool = False


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

    `closest` are the titles of the nearest documents, shown with a refusal. `confidence` is in [0, 1].
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
    trace: tuple[Step, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A question's row in the ledger; `payload` is what the handler gets, `updated_at` is Unix time in seconds."""

    question: Question
    state: State
    receipt: Receipt | None
    updated_at: float
