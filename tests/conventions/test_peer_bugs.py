"""Every bug of other bots that docs/peer-bugs.md lists has a test, named after what ours does instead."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "peer-bugs.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> dict[str, list[tuple[str, str]]]:
    """Return what each row of the page names: bug to (file, test)."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        bug, _, tests = line.strip("| ").partition(" | ")
        if line.startswith("| ") and tests not in {"---", "what ours does instead"}:
            found[bug] = TEST.findall(tests)
    return found


ROWS = rows()


def test_the_page_lists_what_others_get_wrong() -> None:
    assert len(ROWS) > 40
    assert len({test for tests in ROWS.values() for test in tests}) > len(ROWS)


@pytest.mark.parametrize("bug", ROWS)
def test_a_bug_of_others_has_tests_that_exist(bug: str) -> None:
    missing = [
        f"{file}::{test}"
        for file, test in ROWS[bug]
        if not (ROOT / file).is_file()
        or test not in {getattr(node, "name", "") for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body}
    ]

    assert ROWS[bug]
    assert missing == []
