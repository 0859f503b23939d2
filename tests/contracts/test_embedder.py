"""Every Embedder gives unit vectors of its dimensions, the same for the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.backends.hashing import HashingEmbedder

if TYPE_CHECKING:
    from bot.ports import Embedder

TEXTS = ["The database is slow.", "数据库很慢", "ORA-01555: snapshot too old"]


@pytest.fixture
def hashing() -> Embedder:
    return HashingEmbedder(512)


@pytest.fixture(params=["hashing"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return request.getfixturevalue(request.param)


def test_a_vector_a_text_in_order_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.passages(TEXTS)

    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), embedder.dimensions), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.passages([]).shape == embedder.queries([]).shape == (0, embedder.dimensions)


def test_a_question_is_nearest_to_the_text_that_it_repeats(embedder: Embedder) -> None:
    nearness = embedder.queries(TEXTS) @ embedder.passages(TEXTS).T

    assert nearness.argmax(axis=1).tolist() == [0, 1, 2]


def test_the_order_and_the_company_of_texts_do_not_matter(embedder: Embedder) -> None:
    assert np.allclose(embedder.passages(TEXTS)[::-1], embedder.passages(TEXTS[::-1]), atol=1e-5)


@pytest.mark.parametrize("text", ["", "🙂🙂🙂", "\x00\x01", "a" * 200_000])
def test_odd_texts_give_finite_vectors(embedder: Embedder, text: str) -> None:
    assert np.isfinite(embedder.queries([text])).all()


def test_the_name_tells_what_changes_the_vectors(embedder: Embedder) -> None:
    assert embedder.name == f"hashing://{embedder.dimensions}"
