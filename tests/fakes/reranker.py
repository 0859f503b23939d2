"""A reranker without a model: the share of the question's tokens that a passage holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.text import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence


class OverlapReranker:
    """Scores from 0 (nothing in common) to 1 (the passage holds every token of the question)."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        wanted = set(tokens(query))
        return [len(wanted & set(tokens(passage))) / max(1, len(wanted)) for passage in passages]
