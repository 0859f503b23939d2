"""Decides what people get: an answer, an answer with a warning, or a refusal; and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.types import Outcome

if TYPE_CHECKING:
    from bot.answering.factcheck import Checked
    from bot.settings import Searching
    from bot.types import Retrieval, Vote

Ground = Literal[
    "no_evidence",
    "missing_codes",
    "spoilt",
    "samples_refuse",
    "unsupported",
    "grey",
    "split",
    "low_agreement",
    "dropped",
    "commands",
]
"""Why a verdict is not a plain answer: the first five refuse, the others warn."""

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, its confidence in [0, 1], and the grounds that spoke against a plain answer, gravest first."""

    outcome: Outcome
    confidence: float
    reasons: tuple[Ground, ...] = ()


def worth_asking(retrieval: Retrieval, settings: Searching) -> bool:
    """Tell whether the models are asked: not below the grey zone, which reaches as far under the threshold as over it.

    The evidence is a score, not a probability, until `quorum calibrate` has run; within the zone an answer carries a
    warning, and a model may still refuse. A code that no page carries leaves no doubt.
    """
    if not retrieval.passages or retrieval.missing_codes:
        return retrieval.answerable and bool(retrieval.passages)
    return retrieval.answerable or retrieval.evidence >= settings.evidence - settings.grey


def decide(retrieval: Retrieval, vote: Vote | None, checked: Checked | None, settings: Searching) -> Verdict:
    """Judge the evidence, the vote and the check; `vote` and `checked` are None when it did not come to them."""
    sure = confidence(retrieval.evidence, vote, checked)
    against = _refusing(retrieval, vote, checked, settings)
    if against is not None:
        return Verdict("refused", sure, (against,))
    warnings = _warning(retrieval, vote, checked, settings)
    return Verdict("answered_with_warning" if warnings else "answered", sure, warnings)


def confidence(evidence: float, vote: Vote | None, checked: Checked | None) -> float:
    """Return how sure it is that the documents answer the question with this text.

    The geometric mean of the evidence and of the vote's share for answering so, (a + 1) / (n + 2) by the rule of
    succession with a of n ballots for the leading answer, times the share of its statements that passed the check.
    A refusal's confidence is low: it says how sure an answer would have been.
    """
    if vote is None:
        return round(evidence / 2, 4)
    counted = vote.used - vote.spoilt
    agreeing = next((cluster.count for cluster in vote.clusters if not cluster.refusal), 0)
    share = (agreeing + 1) / (counted + 2)
    passed = checked.kept / max(checked.kept + checked.dropped, 1) if checked is not None else 0.0
    return round(float((evidence * share) ** 0.5 * passed), 4)


def _refusing(retrieval: Retrieval, vote: Vote | None, checked: Checked | None, settings: Searching) -> Ground | None:
    if not worth_asking(retrieval, settings):
        return "missing_codes" if retrieval.missing_codes else "no_evidence"
    if vote is None or vote.winner is None:
        return "spoilt"
    if not vote.winner.answerable:
        return "samples_refuse"
    return "unsupported" if checked is None or not checked.kept else None


def _warning(
    retrieval: Retrieval, vote: Vote | None, checked: Checked | None, settings: Searching
) -> tuple[Ground, ...]:
    found: list[Ground] = []
    if retrieval.evidence < settings.evidence + settings.grey:
        found.append("grey")
    if vote is not None and vote.tied:
        found.append("split")
    elif vote is not None and vote.agreement < HALF:
        found.append("low_agreement")
    if checked is not None and checked.dropped:
        found.append("dropped")
    if checked is not None and checked.commands:
        found.append("commands")
    return tuple(found)
