"""How many secrets of many kinds are masked in a log, and how little else; the bars of the project."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.diagnosis import masking
from bot.diagnosis.placeholders import PLACEHOLDER
from bot.settings import Masking
from tests.fakes.leaking import KINDS, changed, lines

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = 5_000


@pytest.mark.slow
def test_secrets_of_many_kinds_are_masked_and_little_else(record_property: Callable[[str, object], None]) -> None:
    log = lines(LINES, seed=7)
    found = masking.masked("\n".join(line.text for line in log), Masking()).split("\n")
    pairs = list(zip(log, found, strict=True))
    leaked = [line for line, masked in pairs if line.secret and line.secret in masked]
    tokens = [changed(line, masked) for line, masked in pairs]
    recall = 1 - len(leaked) / sum(bool(line.secret) for line in log)
    harmed = sum(lost for _, lost in tokens) / sum(all_ for all_, _ in tokens)
    record_property("recall", round(recall, 4))
    record_property("ordinary tokens masked", round(harmed, 5))
    sys.stdout.write(f"recall {recall:.4f}, ordinary tokens masked {harmed:.5f}\n")

    assert len(KINDS) >= 25
    assert recall >= 0.995, Counter(line.kind for line in leaked)
    assert harmed <= 0.005, [(line.text, masked) for line, masked in pairs if changed(line, masked)[1]][:5]


def test_equal_secrets_of_a_log_have_one_name_and_different_ones_never_share_one() -> None:
    log = lines(400, seed=8)
    twice = [line.text for line in (*log, *log)]
    found = masking.masked("\n".join(twice), Masking()).split("\n")

    assert found[:400] == found[400:]
    names = [name.group() for line in found[:400] for name in PLACEHOLDER.finditer(line)]
    assert len(set(names)) >= 195
