"""Figures of merit as pure functions: finding, answering, citing, refusing, calibration and latency."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKER = re.compile(r"\[\d+(?:\s*[,，]\s*\d+)*\]")
_MARKUP = re.compile(r"\*\*|__|~~|`+|^\s{0,3}#{1,6}\s+|^\s*>\s?", re.MULTILINE)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Refusals:
    """How well a system refuses what it cannot answer; refusing is the positive class.

    A ratio without cases (nothing refused, nothing to refuse) is None.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    cases: int


def hit_at(k: int, found: Sequence[str], right: Collection[str]) -> float:
    """Return 1 when one of the `k` first found documents is right, else 0 (success@k, trec_eval)."""
    return float(any(document in right for document in found[:k]))


def reciprocal_rank(found: Sequence[str], right: Collection[str], depth: int = 10) -> float:
    """Return 1/rank of the first right document within `depth`, 0 without one (Voorhees, TREC-8, 1999)."""
    ranks = (rank for rank, document in enumerate(found[:depth], start=1) if document in right)
    return 1 / next(ranks, float("inf"))


def plain(markdown: str) -> str:
    """Strip Markdown and citation markers, fold forms (NFKC) and case, and make white space single blanks."""
    text = _MARKER.sub("", _LINK.sub(r"\1", markdown))
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", _MARKUP.sub("", text)).casefold()).strip()


def has_answer(answer: str, keys: Sequence[Sequence[str]]) -> bool:
    """Tell whether the answer contains one alternative of every group (DPR's answer recall, Karpukhin 2020).

    White space between CJK characters does not count: keys are also looked for in texts without any blanks.
    """
    text = plain(answer)
    dense = text.replace(" ", "")
    return all(any(_contains(text, dense, plain(key)) for key in group) for group in keys)


def _contains(text: str, dense: str, key: str) -> bool:
    if not key:
        return False
    # Whole words and numbers: the key `30` is not in `300` or `30.5`, nor `port` in `support`, nor `6 元` in `16 元`.
    if key.isascii():
        return re.search(rf"(?<![a-z0-9]){_whole(key)}(?![a-z0-9])", text) is not None
    return any(re.search(_whole(word), where) for word, where in ((key, text), (key.replace(" ", ""), dense)))


def _whole(key: str) -> str:
    """Return a pattern for the key that takes no part of a longer number for it."""
    before = r"(?<!\d)(?<!\d[.,])" if key[0].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if key[-1].isdigit() else ""
    return f"{before}{re.escape(key)}{after}"


def citation_precision(cited: Sequence[str], right: Collection[str]) -> float | None:
    """Return the share of cited documents that are right (ALCE, Gao 2023, by document); None when none is cited."""
    distinct = set(cited)
    return len(distinct.intersection(right)) / len(distinct) if distinct else None


def refusals(refused: Sequence[bool], unanswerable: Sequence[bool]) -> Refusals:
    """Return precision, recall and their harmonic mean F1 of refusing (van Rijsbergen 1979)."""
    hits = sum(1 for was, ought in zip(refused, unanswerable, strict=True) if was and ought)
    precision = hits / sum(refused) if any(refused) else None
    recall = hits / sum(unanswerable) if any(unanswerable) else None
    total = sum(refused) + sum(unanswerable)
    return Refusals(precision, recall, 2 * hits / total if total else None, len(refused))


def length_bands(lengths: Sequence[int], bands: int = 3) -> list[int]:
    """Return each case's band 0 … bands - 1 by the quantiles of the lengths; equal lengths share a band."""
    if not lengths:
        return []
    edges = np.quantile(np.asarray(lengths), np.linspace(0, 1, bands + 1)[1:-1])
    return [int(band) for band in np.searchsorted(edges, np.asarray(lengths), side="left")]


def auc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Return the area under the ROC curve, ties counting half; None unless both classes occur.

    Computed as the Mann-Whitney U statistic over n₁·n₀ (Hanley and McNeil 1982).
    """
    truth = np.asarray(positive, dtype=bool)
    yes, no = int(truth.sum()), int((~truth).sum())
    if not yes or not no:
        return None
    _, place, ties = np.unique(np.asarray(scores, dtype=float), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * no))


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, cases) of every equal-width bin that holds cases, in order."""
    sure = np.asarray(confidences, dtype=float)
    truth = np.asarray(right, dtype=bool)
    slot: NDArray[np.int64] = np.minimum((sure * bins).astype(np.int64), bins - 1)
    filled = [slot == number for number in range(bins) if (slot == number).any()]
    return [(float(sure[mask].mean()), float(truth[mask].mean()), int(mask.sum())) for mask in filled]


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float | None:
    """Return the expected calibration error over equal-width bins (Naeini 2015, Guo 2017); None without cases."""
    if not confidences:
        return None
    table = reliability(confidences, right, bins)
    return sum(cases * abs(sure - share) for sure, share, cases in table) / len(confidences)


def best_f1(scores: Sequence[float], positive: Sequence[bool]) -> tuple[float, float]:
    """Return (F1, threshold) of the best rule `score >= threshold`; (0, inf) without positive cases."""
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    ranked = np.asarray(scores, dtype=float)[order]
    hits = np.cumsum(np.asarray(positive, dtype=bool)[order])
    if not len(ranked) or not hits[-1]:
        return 0.0, float("inf")
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + hits[-1])
    f1[:-1][ranked[:-1] == ranked[1:]] = -1  # a threshold cannot part equal scores
    best = int(np.argmax(f1))
    return float(f1[best]), float(ranked[best])


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the percentile (share in 0 … 100), linear between ranks (Hyndman and Fan type 7); None without values."""
    return float(np.percentile(np.asarray(values, dtype=float), share)) if values else None


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean; None without values."""
    return float(np.mean(values)) if values else None
