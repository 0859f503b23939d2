"""A made corpus for timing: chunks of about 443 characters with Zipf's word frequencies and clustered vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot import text
from bot.types import Chunk, IndexedChunk, Matrix, Query, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator


DIMENSIONS = 1024
COLLECTIONS = 10
_WORDS = 75
_VOCABULARY = 40_000
_CLUSTERS = 1_000
_NOISE = 0.8
_PER_DOCUMENT = 10
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


@dataclass(frozen=True, slots=True)
class Corpus:
    """`words` has shape (chunks, words a chunk) and holds numbers of the vocabulary, `vectors` (chunks, dimensions)."""

    vocabulary: tuple[str, ...]
    words: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    vectors: Matrix

    def text(self, row: int) -> str:
        """Return the text of one chunk."""
        return " ".join(self.vocabulary[word] for word in self.words[row])

    def chunk(self, row: int) -> IndexedChunk:
        """Return one chunk; ten chunks are a document, and documents go round the ten collections."""
        number = row // _PER_DOCUMENT
        document, body = f"doc{number:06d}.md", self.text(row)
        code = (f"APP-{row:06d}",) if row % 100 == 0 else ()
        chunk = Chunk(
            id=f"{document}#{row % _PER_DOCUMENT}",
            document=document,
            collection=f"c{number % COLLECTIONS}",
            title="",
            text=body,
            source=document,
            root="made",
            digest=str(number),
            defines=code,
            codes=code,
        )
        return IndexedChunk(chunk, tuple(text.tokens(body)), self.vectors[row], np.zeros((0, DIMENSIONS), np.float32))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the engines get it: tokens, a vector, and for one in ten a code."""

    tokens: tuple[str, ...]
    vector: np.ndarray[tuple[int], np.dtype[np.float32]]
    codes: tuple[str, ...]

    def query(self) -> Query:
        """Return the query with the filter that keeps nine of the ten collections."""
        scope = Scope(frozenset(f"c{number}" for number in range(COLLECTIONS - 1)))
        return Query(tokens=self.tokens, vector=self.vector, codes=self.codes, scope=scope)


def make(chunks: int, seed: int = 1) -> Corpus:
    """Make a corpus; the same seed gives the same corpus."""
    draw = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, _VOCABULARY + 1) ** 1.05
    words = draw.choice(_VOCABULARY, size=(chunks, _WORDS), p=frequency / frequency.sum())
    return Corpus(_vocabulary(draw), words, _clustered(draw, chunks))


def questions(corpus: Corpus, count: int, seed: int = 2) -> Iterator[Asked]:
    """Draw questions near chunks of the corpus: eight of a chunk's words and a vector beside its own."""
    draw = np.random.default_rng(seed)
    for number in range(count):
        row = int(draw.integers(len(corpus.words)))
        picked = draw.choice(corpus.words[row], size=8, replace=False)
        vector = corpus.vectors[row] + _NOISE / 2 * _directions(draw, 1)[0]
        codes = (f"APP-{row // 100 * 100:06d}",) if number % 10 == 0 else ()
        tokens = tuple(corpus.vocabulary[word] for word in picked)
        yield Asked(tokens, (vector / np.linalg.norm(vector)).astype(np.float32), codes)


def _vocabulary(draw: np.random.Generator) -> tuple[str, ...]:
    lengths = draw.integers(3, 8, size=_VOCABULARY)
    letters = _LETTERS[draw.integers(len(_LETTERS), size=(_VOCABULARY, 8))]
    return tuple("".join(row[:length]) for row, length in zip(letters, lengths, strict=True))


def _clustered(draw: np.random.Generator, count: int) -> Matrix:
    """Draw unit vectors around centres; without clusters no approximate index finds anything (findings.md)."""
    centres = _directions(draw, _CLUSTERS)
    vectors = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, 10_000):
        block = vectors[start : start + 10_000]
        block[:] = centres[draw.integers(_CLUSTERS, size=len(block))] + _NOISE * _directions(draw, len(block))
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return vectors


def _directions(draw: np.random.Generator, count: int) -> Matrix:
    vectors = draw.standard_normal((count, DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
