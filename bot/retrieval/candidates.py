"""What retrieval hands to the judge: the fused passages of one question and everything the evidence is read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.types import Chunk, Hits, Language, Passage

DEPTH = 10
"""How many chunks of the words leg, and of the meaning leg, are read for the evidence."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """One question's search, before it is judged.

    `tokens` are the question's search tokens in order, with repeats. `passages` are fused, best first. `chunks` holds,
    by id, the first `DEPTH` of the words leg, the first `DEPTH` of the meaning leg, and all `passages`. `codes` are all
    codes of the question, the leading one first; `missing_codes` those among them whose absence matters and that no
    page of the scope carries; `vetoed` says that the leading error code is missing, `unnamed` that no page has the name
    of an error.
    """

    text: str
    language: Language
    tokens: tuple[str, ...]
    hits: Hits
    passages: tuple[Passage, ...]
    chunks: Mapping[str, Chunk]
    codes: tuple[str, ...] = ()
    missing_codes: tuple[str, ...] = ()
    vetoed: bool = False
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the candidates hold an answer: `evidence` in [0, 1], its inputs by name, and the decision."""

    evidence: float
    answerable: bool
    features: Mapping[str, float] = field(default_factory=dict)
    calibrated: bool = False


Judge = Callable[[Candidates], Judgement]
"""Judges candidates; the code veto is the retriever's own and holds whatever the judge says."""
