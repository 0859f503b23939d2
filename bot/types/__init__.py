"""The frozen values that travel through Quorum: questions, chunks, passages, samples, votes and answers."""

from __future__ import annotations

from bot.types.answers import (
    NO_REPLY,
    Answer,
    Citation,
    Cluster,
    Completion,
    Outcome,
    Prompt,
    Sample,
    Stage,
    Step,
    Vote,
)
from bot.types.chunks import Chunk, DocumentRecord, IndexedChunk, Matrix, Place, Reason, Vector
from bot.types.questions import FINISHED, Address, DeadLetter, Entry, Language, Platform, Question, Receipt, State
from bot.types.retrieval import Hit, Hits, Legs, Passage, Query, Retrieval, Scope

__all__ = [
    "FINISHED",
    "NO_REPLY",
    "Address",
    "Answer",
    "Chunk",
    "Citation",
    "Cluster",
    "Completion",
    "DeadLetter",
    "DocumentRecord",
    "Entry",
    "Hit",
    "Hits",
    "IndexedChunk",
    "Language",
    "Legs",
    "Matrix",
    "Outcome",
    "Passage",
    "Place",
    "Platform",
    "Prompt",
    "Query",
    "Question",
    "Reason",
    "Receipt",
    "Retrieval",
    "Sample",
    "Scope",
    "Stage",
    "State",
    "Step",
    "Vector",
    "Vote",
]
