"""Scores the clustering of keys on human answers: two questions of one CMRC2018 paragraph, three answers each."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from bot.answering.clustering import clusters

if TYPE_CHECKING:
    from pathlib import Path

Box = tuple[tuple[str, int], ...]
"""Six answers, each with the question (0 or 1) that it belongs to."""


class Pairs(NamedTuple):
    """Agreement of the clustering with the questions, over all pairs of answers in a box."""

    boxes: int
    precision: float
    recall: float
    right: float


def boxes(file: Path) -> list[Box]:
    """Read CMRC2018: the questions of each paragraph, taken two by two in the file's order."""
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    found: list[Box] = []
    for paragraph in (p for article in data for p in article["paragraphs"]):
        questions = [[answer["text"] for answer in qa["answers"]] for qa in paragraph["qas"]]
        for first, second in zip(questions[::2], questions[1::2], strict=False):
            found.append((*((text, 0) for text in first), *((text, 1) for text in second)))
    return found


def score(found: list[Box]) -> Pairs:
    """Cluster every box and compare pairs of answers; `right` is the share of boxes without a wrong pair."""
    joined = together = both = right = 0
    for box in found:
        groups = clusters([text for text, _ in box])
        label = {position: number for number, group in enumerate(groups) for position in group}
        pairs = [(label[i] == label[j], box[i][1] == box[j][1]) for i, j in combinations(range(len(box)), 2)]
        joined += sum(said for said, _ in pairs)
        together += sum(true for _, true in pairs)
        both += sum(said and true for said, true in pairs)
        right += all(said == true for said, true in pairs)
    return Pairs(len(found), both / joined, both / together, right / len(found))
