"""Puts fused passages into the order of a model that reads question and passage together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Reranker
    from bot.types import Passage

DEPTH = 20
"""So many passages are worth the reranker's time (`docs/settings.md`, QUORUM_RERANKER)."""


def rerank(query: str, passages: Sequence[Passage], reranker: Reranker, depth: int = DEPTH) -> tuple[Passage, ...]:
    """Return the passages with the first `depth` reordered by the reranker's score, equal scores in their old order.

    Passages with an exact code of the question stay first, in their order: no model knows better. Passages keep their
    fused score. Raises the reranker's errors.
    """
    coded = [passage for passage in passages if passage.code > 0]
    others = [passage for passage in passages if passage.code <= 0]
    weighed = others[: max(0, depth - len(coded))]
    scores = reranker.scores(query, [passage.chunk.searchable for passage in weighed]) if len(weighed) > 1 else [0.0]
    ranked = sorted(zip(scores, weighed, strict=False), key=lambda pair: -pair[0])
    return (*coded, *(passage for _, passage in ranked), *others[len(weighed) :])
