"""Vectors without a model: signed hashing of character n-grams inside words, the same on every machine."""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bot.types import Matrix

    Points = NDArray[np.uint32]

_BATCH_CHARS = 50_000
_BATCH_TEXTS = 1_000
"""Many tiny texts would otherwise need a table of gigabytes at 65,536 dimensions."""
_MAX_CHARS = 100_000
_PLANE = 0x10000
_IDEOGRAPHS = 0x20000
_SPACE = ord(" ")
_BREAK = "\ue000"
_MAX_DIMENSIONS = 1 << 16
_SPREAD, _STEP, _MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)


class HashingEmbedder:
    """Embed texts as hashed counts of the character 2- to 4-grams of their words, spaces at the ends included.

    Signed feature hashing (Weinberger et al., 2009) with sign(x) · log(1 + |x|) in each bucket and unit length.
    Texts beyond 100,000 characters are cut. A text without any letter or digit has the zero vector.
    """

    def __init__(self, dimensions: int) -> None:
        """Take the number of buckets, a power of two from 2 to 65,536; others raise ValueError."""
        if not 1 < dimensions <= _MAX_DIMENSIONS or dimensions & (dimensions - 1):
            message = f"{dimensions!r} is not a power of two from 2 to {_MAX_DIMENSIONS}; use hashing://2048"
            raise ValueError(message)
        self._dimensions = dimensions

    @property
    def name(self) -> str:
        """The URL with the dimensions filled in."""
        return f"hashing://{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """The number of buckets."""
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to be found; shape (len(texts), dimensions)."""
        matrix = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        start = 0
        for batch in _batches(texts):
            matrix[start : start + len(batch)] = self._embed(batch)
            start += len(batch)
        return matrix

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to search with; the same vectors as for passages."""
        return self.passages(texts)

    def _embed(self, texts: Sequence[str]) -> Matrix:
        rows, hashes = _grams(*_characters(texts))
        cells = rows.astype(np.intp) * self._dimensions + (hashes & np.uint32(self._dimensions - 1))
        signs = (hashes >> np.uint32(31)).astype(np.float64) * 2 - 1
        sums = np.bincount(cells, weights=signs, minlength=len(texts) * self._dimensions)
        matrix = np.copysign(np.log1p(np.abs(sums)), sums).astype(np.float32).reshape(len(texts), self._dimensions)
        lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))[:, None]
        np.divide(matrix, lengths, out=matrix, where=lengths > 0)
        return matrix


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text[:_MAX_CHARS])
        size += len(batch[-1])
        if size >= _BATCH_CHARS or len(batch) == _BATCH_TEXTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _characters(texts: Sequence[str]) -> tuple[Points, Points]:
    """Return the folded code points of all texts, a space for everything outside words, and the row of each."""
    joined = f" {_BREAK} ".join(unicodedata.normalize("NFC", text).replace(_BREAK, " ") for text in texts)
    points = np.frombuffer(f" {joined} ".encode("utf-32-le", "replace"), dtype=np.uint32)
    rows = np.cumsum(points == ord(_BREAK), dtype=np.uint32)
    beyond = np.where(points >= _IDEOGRAPHS, points, np.uint32(_SPACE))
    return np.where(points < _PLANE, _folding()[points % _PLANE], beyond), rows


def _grams(points: Points, rows: Points) -> tuple[Points, Points]:
    """Hash every 2-, 3- and 4-gram that has no space inside; return the row and the hash of each."""
    word = points != _SPACE
    spread = points * _SPREAD
    spread ^= spread >> np.uint32(15)
    keeps = [word[:-1] | word[1:], word[1:-1], word[1:-2] & word[2:-1]]
    value = spread
    found_rows, found = [], []
    for extra, keep in enumerate(keeps, start=1):
        value = (value[: len(keep)] * _STEP) ^ spread[extra:]
        places = np.flatnonzero(keep)
        found.append(_mixed(value[places]))
        found_rows.append(rows[1:][places])
    return np.concatenate(found_rows), np.concatenate(found)


def _mixed(values: Points) -> Points:
    """Spread every bit over the word (the finaliser of MurmurHash3), so that low and high bits are independent."""
    values = (values ^ (values >> np.uint32(16))) * _STEP
    values = (values ^ (values >> np.uint32(13))) * _MIX
    return values ^ (values >> np.uint32(16))


@functools.cache
def _folding() -> Points:
    """Return, for each code point of the basic plane, its lower-case compatibility form, or a space outside words."""
    table = np.full(_PLANE, _SPACE, dtype=np.uint32)
    for point in range(_PLANE):
        char = chr(point)
        if char.isalnum():
            folded = unicodedata.normalize("NFKC", char).lower()
            table[point] = ord(folded) if len(folded) == 1 else point
    return table
