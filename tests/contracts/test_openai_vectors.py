"""Embeddings and reranking over the OpenAI protocol: order, length, batches, and replies that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.backends.openai import OpenAIEmbedder, OpenAIReranker, split
from bot.errors import ConfigurationError, ModelReplyError
from tests.fakes.model_server import ModelServer, as_json

if TYPE_CHECKING:
    from tests.fakes.model_server import Reply


def embeddings(*vectors: list[float]) -> Reply:
    data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return as_json({"data": data[::-1]})


def test_vectors_come_in_the_order_of_the_texts_with_unit_length() -> None:
    with ModelServer(embeddings([3.0, 4.0], [0.0, 2.0])) as server:
        vectors = OpenAIEmbedder(server.url, "small").passages(["a", "b"])

    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0.0, 1.0]], rtol=1e-6)
    assert vectors.dtype == np.float32


def test_many_texts_go_in_batches() -> None:
    with ModelServer(embeddings(*[[1.0]] * 64), embeddings(*[[1.0]] * 6)) as server:
        vectors = OpenAIEmbedder(server.url, "small").passages([f"text {i}" for i in range(70)])

    assert vectors.shape == (70, 1)
    assert [len(request.body["input"]) for request in server.requests] == [64, 6]


def test_the_length_is_asked_once() -> None:
    with ModelServer(embeddings([1.0, 0.0, 0.0])) as server:
        embedder = OpenAIEmbedder(server.url, "small")

        assert (embedder.dimensions, embedder.dimensions) == (3, 3)
        assert embedder.passages([]).shape == (0, 3)
        assert len(server.requests) == 1


def test_the_name_leads_back_to_the_embedder() -> None:
    embedder = OpenAIEmbedder("http://gpu:8000/v1", "BAAI/bge-m3")

    assert embedder.name == "openai+http://gpu:8000/v1#BAAI/bge-m3"
    assert split(embedder.name) == ("http://gpu:8000/v1", "BAAI/bge-m3")


@pytest.mark.parametrize(
    "reply",
    [
        as_json({}),
        embeddings([1.0, 0.0]),
        embeddings([1.0], [1.0, 0.0]),
        embeddings([0.0, 0.0], [1.0, 0.0]),
        embeddings([float("nan"), 0.0], [1.0, 0.0]),
    ],
)
def test_embeddings_that_do_not_fit_the_texts_are_refused_with_what_to_check(reply: Reply) -> None:
    with ModelServer(reply) as server, pytest.raises(ModelReplyError, match=r"Check .* QUORUM_EMBEDDER"):
        OpenAIEmbedder(server.url, "small").passages(["a", "b"])


def test_scores_come_in_the_order_of_the_passages() -> None:
    results = [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}]
    with ModelServer(as_json({"results": results})) as server:
        scores = OpenAIReranker(server.url, "rank").scores("q", ["a", "b"])

    assert scores == [0.1, 0.9]
    assert server.requests[0].path == "/v1/rerank"
    assert server.requests[0].body == {"model": "rank", "query": "q", "documents": ["a", "b"]}


@pytest.mark.parametrize("results", [[], [{"index": 0, "relevance_score": 0.1}], [{"index": 0}], None])
def test_scores_that_do_not_fit_the_passages_are_refused(results: object) -> None:
    with ModelServer(as_json({"results": results})) as server, pytest.raises(ModelReplyError):
        OpenAIReranker(server.url, "rank").scores("q", ["a", "b"])


@pytest.mark.parametrize("url", ["openai+http://gpu:8000/v1", "openai+ftp://gpu#m", "openai+http://#m", "http:///v1#m"])
def test_an_address_without_host_or_model_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"openai\+http://host:8000/v1#model"):
        split(url)


def test_a_password_in_an_address_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigurationError, match="QUORUM_MODELS__API_KEY") as raised:
        split("openai+http://me:hunter2@gpu:8000/v1#m")

    assert "hunter2" not in str(raised.value)
