"""Scores passages through `POST …/rerank`, as vLLM serves it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.backends.openai.http import Served
from bot.errors import ModelReplyError

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHECK = "Check that the server and the model of QUORUM_RERANKER score passages."


class OpenAIReranker(Served):
    """The `Reranker` port over a server's cross-encoder."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """Return one score a passage, in their order; higher is better."""
        if not passages:
            return []
        body = {"model": self._model, "query": query, "documents": list(passages)}
        reply = self._server.post("/rerank", body)
        try:
            found = {int(row["index"]): float(row["relevance_score"]) for row in reply["results"]}
        except (KeyError, TypeError, ValueError) as exc:
            message = f"The reranker {self._model!r} sent no list of scores. {_CHECK}"
            raise ModelReplyError(message) from exc
        if set(found) != set(range(len(passages))) or not all(math.isfinite(score) for score in found.values()):
            message = (
                f"The reranker {self._model!r} sent {len(found)} usable scores for {len(passages)} passages. {_CHECK}"
            )
            raise ModelReplyError(message)
        return [found[place] for place in range(len(passages))]
