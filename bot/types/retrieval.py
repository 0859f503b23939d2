"""A search over all legs, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.types.chunks import Chunk, Vector

Legs = Literal["all", "words", "meaning"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What one search may see; `None` sets no limit, an empty set hides everything.

    `hidden` collections are never seen. Naming them, and not all others, keeps a scope right while collections come.
    """

    collections: frozenset[str] | None = None
    documents: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pasted error comes from, as far as its log tells: pages that fit are preferred, and none is left out.

    `near` are the lines that stood around it.
    """

    product: str = ""
    version: str = ""
    near: str = field(default="", repr=False)


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
    of the scope carries; `calibrated` says whether `evidence` is a probability fitted on this knowledge base. `near`
    are titles of pages about codes that are written much like a leading one that is missing.
    """

    passages: tuple[Passage, ...]
    evidence: float
    answerable: bool
    features: Mapping[str, float] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    missing_codes: tuple[str, ...] = ()
    calibrated: bool = False
    near: tuple[str, ...] = ()
