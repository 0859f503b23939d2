"""One ranking from several lists: a convex combination of words and meaning, under the rule that exact codes win."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.types import Chunk, Hit, Hits


def combine(words: Sequence[Hit], meaning: Sequence[Hit], weight: float) -> dict[str, float]:
    """Return the fused score of every listed id: (1 - weight) · words + weight · meaning, each scaled to [0, 1].

    Min-max inside each list, absent = 0 (Bruch, Gai and Ingber, 2022, "convex combination").
    """
    fused: dict[str, float] = {}
    for hits, share in ((words, 1 - weight), (meaning, weight)):
        for id_, score in scaled(hits).items():
            fused[id_] = fused.get(id_, 0.0) + share * score
    return fused


def scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Scale the scores of a list to [0, 1]; where all are equal they are 1."""
    if not hits:
        return {}
    low, high = min(hit.score for hit in hits), max(hit.score for hit in hits)
    return {hit.id: (hit.score - low) / (high - low) if high > low else 1.0 for hit in hits}


def coded(hits: Hits, codes: Sequence[str], chunks: Mapping[str, Chunk]) -> dict[str, int]:
    """Return the place of every chunk with a wanted code, the smallest first.

    Chunks that define a code come before all that mention one, and in each group the earlier code comes first.
    """
    places = {}
    for hit in hits.codes:
        chunk = chunks.get(hit.id)
        if chunk is None:
            continue
        defines = [place for place, code in enumerate(codes) if code in chunk.defines]
        mentions = [len(codes) + place for place, code in enumerate(codes) if code in chunk.codes]
        places[hit.id] = min(defines + mentions, default=2 * len(codes))
    return places


_NOTHING: Mapping[str, float] = MappingProxyType({})


def ranked(
    fused: Mapping[str, float],
    places: Mapping[str, int],
    fits: Mapping[str, float],
    leaning: Mapping[str, float] = _NOTHING,
) -> list[str]:
    """Order ids: those with a code by their place, then those with a line that fits, then the rest by fused score.

    Equal places and equal fits are ordered by fused score, and equal scores by id. `leaning` is added to both scores of
    the ids that it names.
    """
    last = max(places.values(), default=0) + 1
    ids = {**fused, **dict.fromkeys(places), **dict.fromkeys(fits)}

    def order(id_: str) -> tuple[int, float, float, str]:
        more = leaning.get(id_, 0.0)
        fit = fits[id_] + more if id_ in fits else 0.0
        return places.get(id_, last), -fit, -fused.get(id_, 0.0) - more, id_

    return sorted(ids, key=order)
