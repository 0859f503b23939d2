"""Scores `quorum vote` on recorded samples: Game of 24 (100 a puzzle) and GSM8K (four models a question)."""

from __future__ import annotations

import ast
import csv
import json
import operator
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.answering import keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = dict[str, Any]
"""One line of a batch, in or out, as section 10 of the design gives it."""

GAME24_EXTRACT = r"([-\d+*/() .]*)=[^\n]*\Z"
"""The expression before the equals sign of the last line; a last line without an equation is a spoilt ballot."""

GSM8K_EXTRACT = r"(?s).*A:\s*\D*?(-?[\d,]*\.?\d+)"
"""The number behind the last `A:`."""

GSM8K_MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class Game24(NamedTuple):
    """Percent right: a single sample, the best of all, and the winner of the vote."""

    single: float
    best: float
    majority: float


class Gsm8k(NamedTuple):
    """Extractor agreement (of 5,276) and percent right: ties shared among the leaders, ties to the first ballot."""

    agreeing: int
    shared: float
    first: float


def game24_batch(log: Path) -> list[Row]:
    """Turn a log of the Tree of Thoughts repository into a batch for `quorum vote`."""
    return [{"id": str(row["idx"]), "samples": [y.rstrip() for y in row["ys"]]} for row in _json(log)]


def game24_puzzles(table: Path) -> dict[str, str]:
    """Read `24.csv`: puzzle number to its four numbers."""
    with table.open(encoding="utf-8", newline="") as file:
        return {str(place): row["Puzzles"] for place, row in enumerate(csv.DictReader(file))}


def game24_score(results: Sequence[Row], puzzles: Mapping[str, str]) -> Game24:
    """Score the output of `quorum vote` with `GAME24_EXTRACT` and `fixed:100`."""
    single = best = majority = samples = 0
    for result in results:
        puzzle = puzzles[result["id"]]
        right = {cluster["key"]: reaches_24(cluster["key"], puzzle) for cluster in result["clusters"]}
        single += sum(cluster["count"] for cluster in result["clusters"] if right[cluster["key"]])
        best += any(right.values())
        majority += bool(right.get(result["winner"]))
        samples += result["used"]
    return Game24(100 * single / samples, 100 * best / len(results), 100 * majority / len(results))


def reaches_24(expression: str, puzzle: str) -> bool:
    """Tell whether an expression uses exactly the puzzle's numbers and is 24."""
    if sorted(re.findall(r"\d+", expression)) != sorted(puzzle.split()):
        return False
    try:
        return _value(ast.parse(expression.strip(), mode="eval").body) == 24
    except (SyntaxError, ZeroDivisionError, ValueError):
        return False


def gsm8k_batch(file: Path) -> list[Row]:
    """Turn the four models' solutions into a batch for `quorum vote`."""
    return [
        {"id": str(place), "samples": [row[model]["solution"] for model in GSM8K_MODELS]}
        for place, row in enumerate(_lines(file))
    ]


def gsm8k_score(results: Sequence[Row], file: Path) -> Gsm8k:
    """Score the output of `quorum vote` with `GSM8K_EXTRACT` and `fixed:4` against the published `is_correct`."""
    rows = _lines(file)
    agreeing = sum(_agrees(row, row[model]) for row in rows for model in GSM8K_MODELS)
    shared = first = 0.0
    for result, row in zip(results, rows, strict=True):
        truth = _gold(row)
        most = max((cluster["count"] for cluster in result["clusters"]), default=0)
        leaders = [cluster["key"] for cluster in result["clusters"] if cluster["count"] == most]
        shared += sum(_equal(key, truth) for key in leaders) / max(len(leaders), 1)
        first += _equal(result["winner"] or "", truth)
    return Gsm8k(agreeing, 100 * shared / len(rows), 100 * first / len(rows))


def winners_lead(results: Sequence[Row]) -> bool:
    """Tell whether every winner's cluster has the most votes."""
    return all(
        result["clusters"][0]["key"] == result["winner"]
        and result["clusters"][0]["count"] == max(cluster["count"] for cluster in result["clusters"])
        for result in results
        if result["winner"] is not None
    )


def _agrees(row: Row, solution: Row) -> bool:
    match = re.search(GSM8K_EXTRACT, solution["solution"])
    said = match is not None and _equal(match.group(1), _gold(row))
    return said == bool(solution["is_correct"])


def _gold(row: Row) -> str:
    match = re.search(GSM8K_EXTRACT, row["ground_truth"])
    return match.group(1) if match else ""


def _equal(first: str, second: str) -> bool:
    value = keys.number(first)
    return value is not None and value == keys.number(second)


def _value(node: ast.expr) -> Fraction:
    """Compute an expression of numbers and the four operators; anything else raises ValueError."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return Fraction(_OPERATORS[type(node.op)](_value(node.left), _value(node.right)))
    message = f"not arithmetic: {ast.dump(node)}"
    raise ValueError(message)


def _json(file: Path) -> Any:  # noqa: ANN401 - JSON as it comes
    return json.loads(file.read_text(encoding="utf-8"))


def _lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
