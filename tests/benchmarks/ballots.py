"""Replays recorded votes through `quorum vote`, and clusters human answers."""

from __future__ import annotations

from pathlib import Path

from bot.answering.clustering import clusters
from tests.benchmarks import clustering, votes
from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Row, at_least

GAME24_LOG = "gpt-4_0.7_naive_{}_sample_100_start900_end1000.json"

GAME24 = {"standard": (7.34, 33, 9), "cot": (4.03, 49, 8)}
"""Prompt to the published percentages: one sample, the best of 100, and the majority of 100."""


def human_answers(bench: Bench) -> list[Row]:
    """Cluster two CMRC2018 questions with three human answers each."""
    file = bench.source("cmrc2018-retrieval") / "squad-style-data" / "cmrc2018_dev.json"
    pairs = clustering.score(clustering.boxes(file))
    equality = "equality alone .608 boxes right"
    return [
        at_least(f"Clustering of keys, {pairs.boxes} boxes, pair precision", 0.99, pairs.precision, equality),
        at_least("Clustering of keys, pair recall", 0.98, pairs.recall),
        Row("Clustering of keys, boxes without a wrong pair", "–", f"{pairs.right:.3f}", equality),
    ]


def opposites(_: Bench) -> list[Row]:
    """Cluster pairs of keys that mean the opposite; each pair must stay two."""
    lines = Path(__file__).with_name("opposites.txt").read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split(" | ")) for line in lines if line and not line.startswith("#")]
    joined = [" = ".join(pair) for pair in pairs if len(clusters(pair)) == 1]
    kept = len(pairs) - len(joined)
    note = f"joined: {'; '.join(joined)}" if joined else ""
    return [Row(f"Clustering of keys, {len(pairs)} written opposites kept apart", "≥ 60", str(kept), note, kept >= 60)]


def game24(bench: Bench) -> list[Row]:
    """Vote on 100 puzzles with 100 recorded samples each, for two prompts."""
    source = bench.source("tot-game24-votes")
    puzzles = votes.game24_puzzles(source / "src" / "tot" / "data" / "24" / "24.csv")
    return [row for prompt in GAME24 for row in _game24(bench, source, prompt, puzzles)]


def gsm8k(bench: Bench) -> list[Row]:
    """Vote on 1,319 questions with one recorded solution of each of four models."""
    file = bench.source("gsm8k-4samples") / "grade_school_math" / "data" / "example_model_solutions.jsonl"
    replay = ("--policy", "fixed:4", "--extract", votes.GSM8K_EXTRACT)
    results = Quorum(bench.work / "home").vote(votes.gsm8k_batch(file), *replay)
    score = votes.gsm8k_score(results, file)
    lead = votes.winners_lead(results)
    return [
        Row("gsm8k, extractor agrees", "5276 of 5276", f"{score.agreeing} of 5276", met=score.agreeing == 5276),
        _exactly("gsm8k, majority of four, ties shared, %", 48.17, score.shared, "best single model 56.25"),
        _exactly("gsm8k, majority of four, ties to the first, %", 44.3, score.first, "best single model 56.25"),
        Row("gsm8k, every winner has the most votes", "yes", "yes" if lead else "no", met=lead),
    ]


def _game24(bench: Bench, source: Path, prompt: str, puzzles: dict[str, str]) -> list[Row]:
    single, best, majority = GAME24[prompt]
    batch = votes.game24_batch(source / "logs" / "game24" / GAME24_LOG.format(prompt))
    replay = ("--policy", "fixed:100", "--extract", votes.GAME24_EXTRACT)
    results = Quorum(bench.work / "home").vote(batch, *replay)
    score, lead = votes.game24_score(results, puzzles), votes.winners_lead(results)
    return [
        _exactly(f"tot-game24 {prompt}, one sample, %", single, score.single),
        _exactly(f"tot-game24 {prompt}, best of 100, %", best, score.best),
        at_least(f"tot-game24 {prompt}, majority of 100, %", majority, score.majority, digits=0),
        Row(f"tot-game24 {prompt}, every winner has the most votes", "yes", "yes" if lead else "no", met=lead),
    ]


def _exactly(what: str, published: float, measured: float, floor: str = "") -> Row:
    """Compare a reproduced figure with the published one, to the digits that were published."""
    digits = len(f"{published:g}".partition(".")[2])
    same = f"{measured:.{digits}f}" == f"{published:.{digits}f}"
    return Row(what, f"= {published:g}", f"{measured:.{digits}f}", floor, same)
