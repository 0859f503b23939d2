"""Scores clinc150 on what `quorum search` prints: a vote among neighbours for the intent, one threshold to refuse."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUT_OF_SCOPE = "oos"

DEPTH = 50
"""Passages asked for, so that the best of each leg are among them."""

NEIGHBOURS = 5
"""Neighbours of each leg that vote; of 4, 5, 7 and 10 the best on val."""

_POWER = 4


class Guess(NamedTuple):
    """The intent that the neighbours voted for, how sure that is, and the right intent."""

    intent: str
    score: float
    right: str


class Score(NamedTuple):
    """In-scope accuracy, where a refusal is wrong, and the share of out-of-scope utterances refused."""

    accuracy: float
    recall: float


def guess(result: Mapping[str, Any], intents: Mapping[str, str], right: str) -> Guess:
    """Let the best neighbours of each leg vote, each with (score / best score)⁴ (findings.md, "Evidence").

    The guess is as sure as the search's evidence times the winner's share of the votes.
    """
    votes: Counter[str] = Counter()
    for leg in ("words", "meaning"):
        best = sorted(result["hits"], key=lambda hit: -hit[leg])[:NEIGHBOURS]
        for hit in best:
            if hit[leg] > 0:
                votes[intents[hit["document"]]] += (hit[leg] / best[0][leg]) ** _POWER
    if not votes:
        return Guess("", 0.0, right)
    intent, weight = votes.most_common(1)[0]
    return Guess(intent, result["evidence"] * weight / votes.total(), right)


def fit(guesses: Sequence[Guess], accuracy: float) -> float:
    """Return the highest threshold that keeps this in-scope accuracy; lower scores are refused.

    Returns 0, which refuses nothing, where the accuracy is out of reach.
    """
    inside = sum(one.right != OUT_OF_SCOPE for one in guesses)
    right = sorted((one.score for one in guesses if one.intent == one.right), reverse=True)
    needed = math.ceil(accuracy * inside)
    return right[needed - 1] if 0 < needed <= len(right) else 0.0


def score(guesses: Sequence[Guess], threshold: float) -> Score:
    """Score guesses of which those below the threshold are refused."""
    inside = [one for one in guesses if one.right != OUT_OF_SCOPE]
    outside = [one for one in guesses if one.right == OUT_OF_SCOPE]
    right = sum(one.score >= threshold and one.intent == one.right for one in inside)
    return Score(right / len(inside), sum(one.score < threshold for one in outside) / len(outside))
