"""Hashed vectors are the same everywhere and near for texts that share words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.hashing import HashingEmbedder

EMBEDDER = HashingEmbedder(256)


def test_vectors_do_not_change_between_machines_and_versions() -> None:
    vector = HashingEmbedder(64).queries(["lock wait timeout 锁等待"])[0]

    assert np.flatnonzero(vector > 0.2).tolist() == [47, 48]


def test_texts_that_share_words_are_nearer_than_others() -> None:
    near, same, far = EMBEDDER.passages(["lock wait timeout", "lock wait timeout exceeded", "travel expenses"])

    assert near @ same > near @ far + 0.3


@given(st.lists(st.text(), max_size=5))
def test_a_text_has_the_same_vector_alone_and_in_company(texts: list[str]) -> None:
    together = EMBEDDER.passages(texts)
    alone = [EMBEDDER.queries([one])[0] for one in texts]

    assert all(np.array_equal(row, vector) for row, vector in zip(together, alone, strict=True))


@given(st.text())
def test_vectors_have_unit_length_or_none(anything: str) -> None:
    length = float(np.linalg.norm(EMBEDDER.queries([anything])[0]))

    assert length == pytest.approx(1, abs=1e-5) or length == 0


def test_full_width_forms_and_case_do_not_matter() -> None:
    first, second = EMBEDDER.passages(["ＡＢＣ Error", "abc eRROR"])

    assert np.array_equal(first, second)


def test_dimensions_that_are_no_power_of_two_are_refused() -> None:
    with pytest.raises(ValueError, match="100 is not a power of two"):
        HashingEmbedder(100)
