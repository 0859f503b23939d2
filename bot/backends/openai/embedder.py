"""Embeds texts through `POST …/embeddings` of an OpenAI-compatible server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.backends.openai.http import Served
from bot.errors import ModelReplyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.types import Matrix

BATCH = 64
"""Texts in one request; vLLM and text-embeddings-inference take as many by default."""

_CHECK = "Check that the server and the model of QUORUM_EMBEDDER are for embeddings."


class OpenAIEmbedder(Served):
    """The `Embedder` port; passages and queries are embedded alike."""

    _dimensions = 0

    @property
    def name(self) -> str:
        """The setting that leads back to this embedder."""
        return f"openai+{self._url}#{self._model}"

    @property
    def dimensions(self) -> int:
        """The length of a vector, asked from the server by a first embedding."""
        if not self._dimensions:
            self._embed(["dimensions"])
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to be found; shape (len(texts), dimensions), rows of unit length."""
        batches = [self._embed(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.vstack(batches) if batches else np.zeros((0, self.dimensions), np.float32)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to search with; shape (len(texts), dimensions), rows of unit length."""
        return self.passages(texts)

    def _embed(self, texts: Sequence[str]) -> Matrix:
        body = {"model": self._model, "input": [text or " " for text in texts], "encoding_format": "float"}
        vectors = self._read(self._server.post("/embeddings", body), len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if self._dimensions not in {0, vectors.shape[1]} or not np.isfinite(vectors).all() or not lengths.all():
            message = (
                f"The embedder {self._model!r} sent vectors of changing length, without length, or not finite. {_CHECK}"
            )
            raise ModelReplyError(message)
        self._dimensions = int(vectors.shape[1])
        return np.asarray(vectors / lengths, np.float32)

    def _read(self, reply: Mapping[str, Any], count: int) -> Matrix:
        try:
            rows = sorted(reply["data"], key=lambda row: int(row["index"]))
            vectors = np.asarray([row["embedding"] for row in rows], np.float32)
        except (KeyError, TypeError, ValueError) as exc:
            message = f"The embedder {self._model!r} sent no list of embeddings. {_CHECK}"
            raise ModelReplyError(message) from exc
        if vectors.ndim != 2 or len(vectors) != count:  # noqa: PLR2004 - rows and columns
            message = f"The embedder {self._model!r} sent {len(rows)} embeddings for {count} texts. {_CHECK}"
            raise ModelReplyError(message)
        return vectors
