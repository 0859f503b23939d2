"""Runs of a golden set: what was answered to each question, and the figures of the whole and of each group."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from bot.evaluation import scores
from bot.evaluation.datasets import Golden
from bot.text import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.types import Answer, Retrieval

_BANDS = ("short", "middle", "long")


@dataclass(frozen=True, slots=True)
class Answered:
    """What the system did with one question.

    `documents` are the retrieved documents, best first, each once. `cited` are the documents of the answer's sources
    and `places` where in them they point, in step. `agreement` is None when no vote was taken.
    """

    documents: tuple[str, ...] = ()
    text: str = ""
    cited: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    refused: bool = False
    evidence: float = 0.0
    confidence: float = 0.0
    agreement: float | None = None
    samples: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A question beside what was answered."""

    golden: Golden
    answered: Answered

    @property
    def right(self) -> bool | None:
        """Tell whether an answer was given and holds the keys; None where the set gives no keys to check.

        Refusing an unanswerable question is right, answering it is wrong.
        """
        if not self.golden.answerable:
            return self.answered.refused
        if not self.golden.answer_keys:
            return None
        return not self.answered.refused and scores.has_answer(self.answered.text, self.golden.answer_keys)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a set of results; a figure that no question bears on is None. Latencies are in seconds."""

    questions: int
    unanswerable: int
    hit_at_1: float | None
    hit_at_5: float | None
    hit_at_10: float | None
    mrr: float | None
    accuracy: float | None
    citation_precision: float | None
    page_named: float | None
    refusal_precision: float | None
    refusal_recall: float | None
    refusal_f1: float | None
    evidence_auc: float | None
    calibration_error: float | None
    agreement: float | None
    samples: float | None
    latency_p50: float | None
    latency_p95: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of the questions that share a language, a kind or a band of length."""

    by: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over a golden set."""

    results: tuple[Result, ...]
    total: Figures
    groups: tuple[Group, ...]


def answered(retrieval: Retrieval, answer: Answer) -> Answered:
    """Bring what the pipeline found and answered into the form that is scored."""
    return Answered(
        documents=tuple(dict.fromkeys(passage.chunk.document for passage in retrieval.passages)),
        text=answer.text,
        cited=tuple(citation.document for citation in answer.citations),
        places=tuple(citation.place for citation in answer.citations),
        refused=answer.outcome in {"refused", "escalated", "failed"},
        evidence=retrieval.evidence,
        confidence=answer.confidence,
        agreement=answer.vote.agreement if answer.vote else None,
        samples=answer.vote.used if answer.vote else 0,
        seconds=answer.seconds,
    )


def evaluate(
    golden: Sequence[Golden], answer: Callable[[Golden], Answered], progress: Callable[[int], None] | None = None
) -> Evaluation:
    """Answer every question in order and score the answers; `progress` is told how many are done."""
    results = []
    for done, item in enumerate(golden, start=1):
        results.append(Result(item, answer(item)))
        if progress:
            progress(done)
    return Evaluation(tuple(results), figures(results), groups(results))


def ablate(
    golden: Sequence[Golden],
    variants: Mapping[str, Callable[[Golden], Answered]],
    progress: Callable[[int], None] | None = None,
) -> dict[str, Evaluation]:
    """Evaluate every variant on the same questions, in the order given; `progress` counts over all of them."""
    runs = {}
    for number, (name, answer) in enumerate(variants.items()):
        shifted = _shifted(progress, number * len(golden)) if progress else None
        runs[name] = evaluate(golden, answer, shifted)
    return runs


def figures(results: Sequence[Result]) -> Figures:
    """Compute every figure over the results."""
    refusals = scores.refusals([r.answered.refused for r in results], [not r.golden.answerable for r in results])
    return Figures(
        questions=len(results),
        unanswerable=sum(not r.golden.answerable for r in results),
        **_finding([r for r in results if r.golden.documents]),
        accuracy=scores.mean([float(bool(r.right)) for r in results if r.golden.answer_keys]),
        **_citing(results),
        refusal_precision=refusals.precision,
        refusal_recall=refusals.recall,
        refusal_f1=refusals.f1,
        evidence_auc=scores.auc([r.answered.evidence for r in results], [r.golden.answerable for r in results]),
        calibration_error=scores.calibration_error(*confidences(results)),
        agreement=scores.mean([r.answered.agreement for r in results if r.answered.agreement is not None]),
        samples=scores.mean([float(r.answered.samples) for r in results if r.answered.samples]),
        latency_p50=scores.percentile([r.answered.seconds for r in results], 50),
        latency_p95=scores.percentile([r.answered.seconds for r in results], 95),
    )


def groups(results: Sequence[Result]) -> tuple[Group, ...]:
    """Group the results by language, by kind and by length (thirds by number of tokens)."""
    bands = scores.length_bands([len(tokens(r.golden.question)) for r in results])
    keys: list[tuple[str, list[str]]] = [
        ("language", [r.golden.language for r in results]),
        ("kind", [r.golden.kind for r in results]),
        ("length", [_BANDS[band] for band in bands]),
    ]
    found = []
    for by, labels in keys:
        order = list(_BANDS) if by == "length" else sorted(set(labels))
        for name in order:
            members = [r for r, label in zip(results, labels, strict=True) if label == name]
            if name and members:
                found.append(Group(by, name, figures(members)))
    return tuple(found)


def confidences(results: Sequence[Result]) -> tuple[list[float], list[bool]]:
    """Return the confidence of every answer given and whether it was right, where that can be told."""
    told = [
        (r.answered.confidence, right) for r in results if not r.answered.refused and (right := r.right) is not None
    ]
    return [sure for sure, _ in told], [right for _, right in told]


def as_json(evaluation: Evaluation) -> dict[str, object]:
    """Return the figures, the groups and each question's outcome as plain JSON values."""
    return {
        "total": asdict(evaluation.total),
        "groups": [asdict(group) for group in evaluation.groups],
        "questions": [
            {"id": r.golden.id, "answerable": r.golden.answerable, "right": r.right} | asdict(r.answered)
            for r in evaluation.results
        ],
    }


def summary_table(evaluation: Evaluation) -> list[tuple[str, ...]]:
    """Return the figures as rows of text: a head row, then one row a figure with the total and each group."""
    columns = [evaluation.total, *(group.figures for group in evaluation.groups)]
    head = ("figure", "all", *(f"{group.by}: {group.name}" for group in evaluation.groups))
    names = [item.name for item in fields(Figures)]
    return [head, *((label(name), *(shown(getattr(column, name)) for column in columns)) for name in names)]


def label(name: str) -> str:
    """Return a figure's name as people read it: `hit_at_1` is `hit@1`."""
    if name.startswith("latency"):
        return name.replace("_", " ") + " (s)"
    return (
        name.replace("_at_", "@").replace("_", " ").replace("mrr", "MRR@10").replace("auc", "AUC").replace("f1", "F1")
    )


def shown(value: float | None) -> str:
    """Return a figure as text: counts whole, ratios with three digits, a missing one as a dash."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _finding(results: Sequence[Result]) -> dict[str, float | None]:
    pairs = [(r.answered.documents, r.golden.documents) for r in results]
    return {
        **{f"hit_at_{k}": scores.mean([scores.hit_at(k, found, right) for found, right in pairs]) for k in (1, 5, 10)},
        "mrr": scores.mean([scores.reciprocal_rank(found, right) for found, right in pairs]),
    }


def _citing(results: Sequence[Result]) -> dict[str, float | None]:
    given = [r for r in results if not r.answered.refused]
    shares = [scores.citation_precision(r.answered.cited, r.golden.documents) for r in given]
    paged = [r for r in results if r.golden.page is not None]
    return {
        "citation_precision": scores.mean([share for share in shares if share is not None]),
        "page_named": scores.mean([float(_names_page(r)) for r in paged]),
    }


def _names_page(result: Result) -> bool:
    places = zip(result.answered.cited, result.answered.places, strict=False)
    right = [place for document, place in places if document in result.golden.documents]
    return any(str(result.golden.page) in re.findall(r"\d+", place) for place in right)


def _shifted(progress: Callable[[int], None], by: int) -> Callable[[int], None]:
    return lambda done: progress(by + done)
