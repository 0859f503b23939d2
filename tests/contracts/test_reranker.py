"""What every reranker promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigurationError
from tests.fakes.reranker import OverlapReranker

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Reranker

QUESTION = "How do I reset my password?"
PASSAGES = [
    "Reset your password in the Security Centre.",
    "打印机卡纸时先打开后盖。",
    "Lunch is served from 11:30.",
    "",
]


@pytest.fixture
def overlap() -> Reranker:
    return OverlapReranker()


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    """Our backend over a tiny BERT with random weights: it says nothing sensible, but it keeps the port's promises."""
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    from bot.backends.sentence_transformers import SentenceTransformerReranker

    return SentenceTransformerReranker(str(_tiny_model(tmp_path_factory.mktemp("cross-encoder"))))


@pytest.fixture(params=["overlap", pytest.param("cross_encoder", marks=pytest.mark.slow)])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    found: Reranker = request.getfixturevalue(request.param)
    return found


def test_every_passage_gets_one_score(reranker: Reranker) -> None:
    scores = reranker.scores(QUESTION, PASSAGES)

    assert [type(score) for score in scores] == [float] * len(PASSAGES)


def test_no_passages_get_no_scores(reranker: Reranker) -> None:
    assert list(reranker.scores(QUESTION, [])) == []


def test_a_passage_keeps_its_score_wherever_it_stands(reranker: Reranker) -> None:
    forward = list(reranker.scores(QUESTION, PASSAGES))
    backward = list(reranker.scores(QUESTION, PASSAGES[::-1]))

    assert backward[::-1] == pytest.approx(forward, abs=1e-4)


def test_the_score_depends_on_the_passage(reranker: Reranker) -> None:
    scores = reranker.scores(QUESTION, PASSAGES[:2])

    assert scores[0] != scores[1]


def test_a_very_long_passage_is_scored(reranker: Reranker) -> None:
    (score,) = reranker.scores(QUESTION, ["password " * 30_000])

    assert score == score  # noqa: PLR0124 - not a number differs from itself


def test_a_better_passage_scores_higher(overlap: Reranker) -> None:
    scores = overlap.scores(QUESTION, PASSAGES)

    assert max(scores) == scores[0]


@pytest.mark.slow
def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    from bot.backends.sentence_transformers import SentenceTransformerReranker

    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        SentenceTransformerReranker(str(tmp_path)).scores("a", ["b"])


def _tiny_model(folder: Path) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,?:打印机卡纸时先开后盖"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=128,
        num_labels=1,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
    return folder
