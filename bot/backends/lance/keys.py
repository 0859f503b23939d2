"""Which row number stands for which key and text, learnt as rows are met and read at once when too many are new."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.backends.lance.rows import EDITION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

_UNKNOWN = 0
"""The edition of rows of a table without editions; no text has it."""


class Keys:
    """Keys by row number: a sorted array of what was read at once, and what came later; shared by all threads.

    LanceDB never gives a row number to another row, so what is known stays right from version to version.
    """

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._lock = threading.Lock()
        self._numbers: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._editions: NDArray[np.int64] = np.zeros(0, np.int64)
        self._keys: Any = []
        self._later: dict[int, tuple[str, int]] = {}

    def of(self, numbers: NDArray[np.uint64], read: Callable[[list[int] | None], Any]) -> list[str]:
        """Return the keys of rows; shape in and out (n,).

        `read` returns an Arrow table of the columns `key`, `_rowid` and, where the index has it, `edition`, of these
        rows or of all.
        """
        with self._lock:
            unknown = self._unknown(numbers)
            if len(self._later) + len(unknown) > len(self._numbers) // 10:
                found = read(None).sort_by("_rowid")
                self._numbers, self._keys, self._later = found["_rowid"].to_numpy(), found["key"].combine_chunks(), {}
                self._editions = _editions(found)
            elif unknown:
                found = read(unknown)
                named = zip(found["key"].to_pylist(), _editions(found).tolist(), strict=True)
                self._later |= dict(zip(found["_rowid"].to_pylist(), named, strict=True))
            places = np.searchsorted(self._numbers, numbers)
            if not self._later and len(self._numbers):
                return list(self._keys.take(places).to_pylist())
            return [
                self._later[number][0] if number in self._later else str(self._keys[place])
                for number, place in zip(numbers.tolist(), places.tolist(), strict=True)
            ]

    def editions(self, numbers: Sequence[int]) -> Mapping[int, int]:
        """Return the editions of those rows that were met."""
        with self._lock:
            found = {number: self._later[number][1] for number in numbers if number in self._later}
            if len(self._numbers):
                wanted = np.array([number for number in numbers if number not in found], dtype=np.uint64)
                places, met = self._met(wanted)
                found |= zip(wanted[met].tolist(), self._editions[places[met]].tolist(), strict=True)
        return found

    def _unknown(self, numbers: NDArray[np.uint64]) -> list[int]:
        if not len(self._numbers):
            return [int(number) for number in numbers]
        _, met = self._met(numbers)
        return [number for number in numbers[~met].tolist() if number not in self._later]

    def _met(self, numbers: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the places of numbers in the array, which holds something, and which of them stand there."""
        places = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        return places, self._numbers[places] == numbers


def _editions(found: Any) -> NDArray[np.int64]:  # noqa: ANN401 - an Arrow table
    if EDITION not in found.schema.names:
        return np.full(len(found), _UNKNOWN, np.int64)
    return np.asarray(found[EDITION].to_numpy(), np.int64)
