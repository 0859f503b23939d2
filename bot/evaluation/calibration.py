"""Fits the evidence model to labelled questions of one knowledge base, and says what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.errors import MissingExtraError
from bot.evaluation import scores
from bot.retrieval.evidence import FLOORS, SHIPPED, EvidenceJudge, Profile
from bot.retrieval.profile import today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from bot.retrieval.candidates import Candidates

    Numbers = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Inputs = Mapping[str, float]
"""Features by name, raw and (prefix `z_`) against the null, as `Judgement.features` holds them."""

NAMES = (*FLOORS, *(f"z_{name}" for name in FLOORS))
SIGN_FREE = frozenset({"margin", "entropy", "overlap"})
"""More of these can speak for or against; every other weight is kept from falling below 0, or a fit on one kind of
question turns against the next (findings.md, "Evidence")."""

STRENGTH = 0.03
FOLDS = 5
_SHRINK = 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic model of evidence: weights by input name, and the bias."""

    weights: Mapping[str, float]
    bias: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A profile with fitted weights, and AUC, F1 (at .5) and calibration error before and, cross-validated, after."""

    profile: Profile
    figures: dict[str, float]


def calibrate(rows: Sequence[tuple[Candidates, bool]], profile: Profile | None) -> Calibration:
    """Fit evidence to labelled searches of one knowledge base; 50 are enough, both kinds must occur.

    The probability is one among questions of which half can be answered. Raises ValueError for one kind alone.
    """
    old = profile or Profile()
    judged = [EvidenceJudge(old)(candidates) for candidates, _ in rows]
    inputs = [judgement.features for judgement in judged]
    truth = [answerable for _, answerable in rows]
    fitted = fit(inputs, truth)
    new = replace(
        old,
        weights=fitted.weights,
        bias=fitted.bias,
        calibrated=True,
        made=today(),
        data=f"{sum(truth)} answerable and {len(truth) - sum(truth)} unanswerable questions of this knowledge base",
    )
    allowed = [not candidates.vetoed for candidates, _ in rows]
    after = [value * may for value, may in zip(held_out(inputs, truth), allowed, strict=True)]
    figures = _figures("before", [judgement.evidence for judgement in judged], truth) | _figures("after", after, truth)
    return Calibration(new, figures)


def fit(inputs: Sequence[Inputs], truth: Sequence[bool], names: Sequence[str] = NAMES) -> Fit:
    """Fit a logistic model: L2 with C = .03 over inputs of unit variance, classes balanced, then Platt's scaling.

    The scaling (Platt 1999) takes its scores from cross-validation, since those of the fit itself are too sure. Raises
    ValueError when only one kind occurs.
    """
    design, labels, offset = _arrays(inputs, truth, names)
    weights, bias = _logistic(design, labels, offset, names)
    slope, shift = _platt(_held_out_logits(design, labels, offset, names), labels)
    spread = dict(zip(names, (float(slope * weight) for weight in weights), strict=True))
    return Fit({**{k: v for k, v in spread.items() if v}, "code": SHIPPED["code"]}, float(slope * bias + shift))


def held_out(inputs: Sequence[Inputs], truth: Sequence[bool], names: Sequence[str] = NAMES) -> list[float]:
    """Return for every question the evidence that a model gives which was fitted on the others (5 folds)."""
    evidence = [0.0] * len(inputs)
    for train, test in _splits(np.asarray(truth, dtype=bool)):
        fitted = fit([inputs[k] for k in train], [truth[k] for k in train], names)
        profile = Profile(weights=fitted.weights, bias=fitted.bias)
        for k in test:
            evidence[k] = profile.evidence(inputs[k])
    return evidence


def _figures(when: str, evidence: Sequence[float], truth: Sequence[bool]) -> dict[str, float]:
    found = [value >= 0.5 for value in evidence]  # noqa: PLR2004 - the threshold of a probability
    hits = sum(f and t for f, t in zip(found, truth, strict=True))
    return {
        f"auc {when}": scores.auc(evidence, truth) or 0.0,
        f"f1 {when}": 2 * hits / max(1, sum(found) + sum(truth)),
        f"calibration error {when}": scores.calibration_error(evidence, truth) or 0.0,
    }


def _arrays(inputs: Sequence[Inputs], truth: Sequence[bool], names: Sequence[str]) -> tuple[Numbers, Truth, Numbers]:
    labels = np.asarray(truth, dtype=bool)
    if labels.all() or not labels.any():
        message = "Calibration needs questions of both kinds, answerable and not."
        raise ValueError(message)
    design = np.array([[row.get(name, 0.0) for name in names] for row in inputs], dtype=float)
    # The weight of a defined code is a rule, not a matter of fit.
    offset = SHIPPED["code"] * np.array([row.get("code", 0.0) for row in inputs], dtype=float)
    return design, labels, offset


def _logistic(design: Numbers, labels: Truth, offset: Numbers, names: Sequence[str]) -> tuple[Numbers, float]:
    """Minimise C · balanced logistic loss + half the squared weights, weights bounded, bias free."""
    minimize = _minimiser()
    scale = np.where((deviation := design.std(axis=0)) > 0, deviation, 1.0)
    centre = design.mean(axis=0)
    scaled = (design - centre) / scale
    balance = _balance(labels)
    sign = np.where(labels, 1.0, -1.0)

    def loss(values: Numbers) -> tuple[float, Numbers]:
        margin = sign * (scaled @ values[:-1] + values[-1] + offset)
        pull = -sign * balance * _sigmoid(-margin) * STRENGTH
        value = STRENGTH * float(balance @ np.logaddexp(0, -margin)) + 0.5 * float(values[:-1] @ values[:-1])
        return value, np.append(scaled.T @ pull + values[:-1], pull.sum())

    bounds = [(None if name.removeprefix("z_") in SIGN_FREE else 0.0, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    weights = found.x[:-1] / scale
    return weights, float(found.x[-1] - weights @ centre)


def _held_out_logits(design: Numbers, labels: Truth, offset: Numbers, names: Sequence[str]) -> Numbers:
    """Score each question by a model of the others; codes left out, since the scaling is for what was fitted."""
    logits = np.zeros(len(labels))
    for train, test in _splits(labels):
        weights, bias = _logistic(design[train], labels[train], offset[train], names)
        logits[test] = design[test] @ weights + bias
    return logits


def _platt(logits: Numbers, labels: Truth) -> tuple[float, float]:
    """Return the positive slope and shift that make held-out scores a probability, drawn towards 1 and 0."""
    minimize = _minimiser()
    balance = _balance(labels)
    yes = int(labels.sum())
    target = np.where(labels, (yes + 1) / (yes + 2), 1 / (len(labels) - yes + 2))

    def loss(values: Numbers) -> float:
        logit = np.exp(values[0]) * logits + values[1]
        cross = np.logaddexp(0, logit) - target * logit
        return float(balance @ cross) + _SHRINK * float(values @ values)

    found = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-3.0, 3.0), (None, None)])
    return float(np.exp(found.x[0])), float(found.x[1])


def _splits(labels: Truth) -> Iterator[tuple[list[int], list[int]]]:
    """Deal the questions of each kind in turn to five folds, fewer where a kind is rarer; yield (others, fold).

    Where a kind occurs once only, nothing can be held out, and both are all questions.
    """
    count = min(FOLDS, int(labels.sum()), int((~labels).sum()))
    order = np.zeros(len(labels), dtype=int)
    for kind in (labels, ~labels):
        order[kind] = np.arange(int(kind.sum())) % count
    for fold in range(count):
        test = np.flatnonzero(order == fold).tolist()
        yield (np.flatnonzero(order != fold).tolist() if count > 1 else test), test


def _minimiser() -> Callable[..., Any]:
    try:
        from scipy.optimize import minimize
    except ImportError as exc:
        library = "scipy"
        raise MissingExtraError(library, "evaluation") from exc
    return minimize


def _balance(labels: Truth) -> Numbers:
    yes = labels.sum()
    weights: Numbers = np.where(labels, len(labels) / (2 * yes), len(labels) / (2 * (len(labels) - yes)))
    return weights


def _sigmoid(values: Numbers) -> Numbers:
    result: Numbers = np.exp(-np.logaddexp(0, -values))
    return result
