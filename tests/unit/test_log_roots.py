"""The root that is found in realistic logs of many products, in zh and en, against the line that is marked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.diagnosis.logs import reading

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parent.parent / "data" / "logs"
LOGS = [json.loads(line) for line in (FOLDER / "roots.jsonl").read_text(encoding="utf-8").splitlines()]


def found(log: dict[str, str]) -> bool:
    root = reading.of_bytes([(FOLDER / log["file"]).read_bytes()]).root
    return root is not None and log["root"] in root.message


def share(logs: list[dict[str, str]]) -> float:
    return sum(map(found, logs)) / len(logs)


@pytest.mark.slow
def test_the_root_is_found_in_ninety_five_of_a_hundred(record_property: Callable[[str, object], None]) -> None:
    splits = {split: [log for log in LOGS if log["split"] == split] for split in {log["split"] for log in LOGS}}
    figures = {"all": share(LOGS), **{split: share(logs) for split, logs in splits.items()}}
    for split, figure in figures.items():
        record_property(split, round(figure, 3))
        sys.stdout.write(f"root found, {split}: {figure:.3f}\n")

    assert len(LOGS) >= 60
    assert len({log["product"] for log in LOGS}) >= 8
    assert min(figures.values()) >= 0.95, figures


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log["file"])
def test_every_line_of_a_log_is_counted_once(log: dict[str, str]) -> None:
    content = (FOLDER / log["file"]).read_bytes()
    read = reading.of_bytes([content])

    assert read.lines == content.count(b"\n")
    assert sum(kind.lines for kind in read.kinds) + read.others + read.unreadable == read.lines


def test_the_product_is_told_in_most() -> None:
    right = 0
    for log in LOGS:
        read = reading.of_bytes([(FOLDER / log["file"]).read_bytes()])
        right += read.root is not None and reading.signature(read, read.root).product == log["product"]

    assert right >= 0.85 * len(LOGS)


def test_each_message_of_a_script_of_db2_is_an_error() -> None:
    read = reading.of_text(
        'SQL0204N  "APP.T_ORDER" is an undefined name.  SQLSTATE=42704\n'
        "SQL0911N  The current transaction has been rolled back because of a deadlock or timeout.  SQLSTATE=40001\n"
    )

    assert [kind.is_error for kind in read.kinds] == [True, True]
