"""An index of vectors is made whatever their dimensions, and finds what is nearest."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import lancedb
import numpy as np
import pytest

from bot.backends.lance import LanceIndex
from bot.types import Query
from tests.fakes import made

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 1_600


@pytest.mark.parametrize("dimensions", [24, 20])
def test_vectors_of_any_number_of_dimensions_are_indexed(tmp_path: Path, dimensions: int) -> None:
    vectors = np.random.default_rng(7).standard_normal((ROWS, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chunks = made.indexed(*(made.chunk(f"{row}.md", f"page {row}") for row in range(ROWS)))
    held = [replace(chunk, vector=vector) for chunk, vector in zip(chunks, vectors, strict=True)]
    name = f"made://{dimensions}"
    with closing(LanceIndex(tmp_path, name, dimensions, made.LINE_EMBEDDER.dimensions)) as index:
        index.add(held)
    with closing(LanceIndex(tmp_path, name, dimensions, made.LINE_EMBEDDER.dimensions)) as index:
        found = [index.search(Query(vector=vector)).meaning[0].id for vector in vectors[:20]]

    indexes = {each.name for each in lancedb.connect(tmp_path).open_table("chunks").list_indices()}
    assert "vector_idx" in indexes
    assert [each.split("#")[0] for each in found] == [f"{row}.md" for row in range(20)]
