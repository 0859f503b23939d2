"""A knowledge base in memory that answers `Retriever.candidates`: BM25 and hashed cosines over a few texts."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from bot import text
from bot.backends.hashing import HashingEmbedder
from bot.retrieval.candidates import DEPTH, Candidates
from bot.types import Chunk, Hit, Hits, Passage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_K1, _B = 1.2, 0.75


class Shelf:
    """Holds one chunk a text; `ask` returns what the retriever would hand to the judge, without codes."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take texts by document name."""
        self._chunks = {
            f"{name}#0": Chunk(f"{name}#0", name, "default", "", body, name, "/", "") for name, body in texts.items()
        }
        self._counts = {key: Counter(text.tokens(chunk.text)) for key, chunk in self._chunks.items()}
        self._embedder = HashingEmbedder(2048)
        self._vectors = self._embedder.passages([chunk.text for chunk in self._chunks.values()])

    def ask(self, question: str) -> Candidates:
        """Search both legs and join what they found."""
        tokens = tuple(text.tokens(question))
        found = {token: sum(token in counts for counts in self._counts.values()) for token in tokens}
        words = self._ranked({key: self._bm25(tokens, found, counts) for key, counts in self._counts.items()})
        cosines = self._vectors @ self._embedder.queries([question])[0]
        meaning = self._ranked(dict(zip(self._chunks, cosines.tolist(), strict=True)))
        hits = Hits(words, meaning, (), (), found, len(self._chunks), frozenset(), self._read)
        passages = tuple(Passage(self._chunks[hit.id], hit.score, words=hit.score) for hit in words)
        return Candidates(question, text.language(question), tokens, hits, passages, self._chunks)

    def _read(self, keys: Sequence[str]) -> Mapping[str, Chunk]:
        return {key: self._chunks[key] for key in keys if key in self._chunks}

    def _ranked(self, scores: Mapping[str, float]) -> tuple[Hit, ...]:
        hits = [Hit(key, score) for key, score in scores.items() if score > 0]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.id))[:DEPTH])

    def _bm25(self, tokens: Sequence[str], found: Mapping[str, int], counts: Counter[str]) -> float:
        mean = sum(map(Counter.total, self._counts.values())) / len(self._counts)
        total, length = len(self._counts), _K1 * (1 - _B + _B * counts.total() / mean)
        return sum(
            math.log1p((total - found[token] + 0.5) / (found[token] + 0.5)) * counts[token] / (counts[token] + length)
            for token in tokens
        )
