"""One version of the table, never moved on: what its row numbers stand for, its lines, and its chunks.

Searches ask LanceDB for row numbers and scores alone, which takes half the time of asking for a column of text, and
look the keys up here. Row numbers hold for one version, so a change makes a new snapshot. A chunk's text is taken from
the copy beside the table if it is of the same edition, and read from the table if not.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.backends.lance import lines, rows
from bot.backends.lance.crossing import fetched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bot.backends.lance.copies import Copies
    from bot.backends.lance.crossing import Crossing
    from bot.backends.lance.keys import Keys
    from bot.types import Chunk


class Snapshot:
    """A table at one version, with what is read from it once and kept."""

    def __init__(self, table: Any, crossing: Crossing, line_dimensions: int, keys: Keys, copies: Copies) -> None:  # noqa: ANN401 - LanceDB has no types
        """Take an asynchronous table of its own, the keys that are known already, and copies of the texts.

        Nobody else moves the table on.
        """
        self.table = table
        self._copies = copies
        self.crossing = crossing
        self._line_dimensions = line_dimensions
        self._lock = threading.Lock()
        self._keys = keys
        self._lines: lines.Lines | None = None

    @cached_property
    def size(self) -> int:
        """The number of chunks."""
        return int(self.crossing.run(self.table.count_rows()))

    def keys(self, numbers: NDArray[np.uint64]) -> list[str]:
        """Return the keys of rows; shape in and out (n,)."""
        return self._keys.of(numbers, self._keyed)

    def lines(self) -> lines.Lines:
        """Return the single lines of the pages that define codes."""
        with self._lock:
            if self._lines is None:
                self._lines = lines.load(self.crossing.run(lines.read(self.table)), self._line_dimensions)
            return self._lines

    def chunks(self, numbers: Sequence[int]) -> Mapping[int, Chunk]:
        """Read chunks by row number; numbers that are no more are left out."""
        if not numbers:
            return {}
        editions = self._keys.editions(numbers)
        copies = self._copies.read(list(editions.values()))
        found = {number: rows.to_chunk(copies[editions[number]]) for number in editions if editions[number] in copies}
        rest = [number for number in numbers if number not in found]
        if rest:
            read = self.crossing.run(_rows(self.table, rest, ["stored"]))
            stored = zip(read["_rowid"].to_pylist(), read["stored"].to_pylist(), strict=True)
            found |= {number: rows.to_chunk(text) for number, text in stored}
        return found

    def _keyed(self, numbers: list[int] | None) -> Any:  # noqa: ANN401 - an Arrow table
        """Return keys, editions and row numbers, of these rows or of all."""
        return self.crossing.run(_keyed(self.table, numbers))


async def _rows(table: Any, numbers: list[int], columns: list[str]) -> Any:  # noqa: ANN401 - LanceDB has no types
    return await fetched(table.take_row_ids(numbers).select(columns).with_row_id(), len(numbers))


async def _keyed(table: Any, numbers: list[int] | None) -> Any:  # noqa: ANN401 - LanceDB has no types
    columns = [name for name in (await table.schema()).names if name in {"key", rows.EDITION}]
    if numbers is not None:
        return await _rows(table, numbers, columns)
    return await table.query().select(columns).with_row_id().to_arrow()
