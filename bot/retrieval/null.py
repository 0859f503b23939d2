"""What nothing looks like: the features that shipped off-topic questions reach in one index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.retrieval.evidence import FLOORS, Line, Null
from bot.retrieval.features import features
from bot.retrieval.offtopic import LANGUAGES, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.retrieval.candidates import Candidates

QUESTIONS = 30
"""Questions asked in each language: 25 gave the same figures as 150."""


def measure(ask: Callable[[str], Candidates], count: int = QUESTIONS) -> Null:
    """Ask `count` off-topic questions of each language and fit each feature linearly on ln(1 + tokens)."""
    return {
        language: fit([features(ask(text)) for text in sample(questions(language), count)]) for language in LANGUAGES
    }


def sample(texts: Sequence[str], count: int) -> list[str]:
    """Pick `count` of the texts, evenly spread over their order."""
    step = max(1.0, len(texts) / max(1, count))
    return [texts[int(k * step)] for k in range(min(count, len(texts)))]


def fit(rows: Sequence[Mapping[str, float]]) -> Mapping[str, Line]:
    """Fit by least squares, each feature on `length`; without variation in length the slope is 0."""
    lengths = np.array([row["length"] for row in rows])
    design = np.column_stack([np.ones(len(rows)), lengths])
    lines = {}
    for name in FLOORS:
        values = np.array([row[name] for row in rows])
        (intercept, slope), *_ = np.linalg.lstsq(design, values, rcond=None)
        spread = float(np.std(values - design @ (intercept, slope)))
        lines[name] = Line(float(intercept), float(slope), spread)
    return lines
