"""Whatever a log holds, no line is lost without being counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.excerpts import excerpt
from bot.diagnosis.logs import cuts, reading
from bot.diagnosis.logs.tally import MOST_KINDS
from tests.fakes import hostile_log

PIECES = st.sampled_from(
    [
        "2024-07-01 12:00:00 ERROR disk full",
        "2024-07-01 12:00:00 INFO fine",
        "2024-07-01T12:00:00.123456+08:00",
        "\tat com.example.App.main(App.java:12)",
        "Caused by: java.io.IOException: No space left",
        "ORA-01555: snapshot too old",
        "ORA-06512: at line 1",
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in f',
        "KeyError: 'x'",
        '{"log":"ERROR no such table\\n","stream":"stderr","time":"2024-07-01T12:00:00Z"}',
        '{"level":"error","msg":"x',
        "2024-07-01T12:00:00.123Z stderr P part",
        "",
        "   ",
        "\x00\x01\x02\x03\x04",
        "x" * 9_000,
        "错误：磁盘空间不足",
    ]
)


@given(st.lists(PIECES | st.text(max_size=60).filter(lambda text: "\n" not in text), max_size=40), st.booleans())
def test_no_line_is_lost_without_being_counted(found: list[str], ends: bool) -> None:  # noqa: FBT001 - hypothesis
    text = "\n".join(found) + "\n" * (ends and bool(found))
    log = reading.of_text(text)
    total = text.count("\n") + (not text.endswith("\n") and bool(text))

    assert log.lines == total
    assert sum(kind.lines for kind in log.kinds) + log.others + log.unreadable == total
    assert log.others >= 0


@given(st.binary(max_size=3_000), st.integers(min_value=1, max_value=700))
def test_bytes_mean_the_same_however_they_come(content: bytes, size: int) -> None:
    chunks = [content[start : start + size] for start in range(0, len(content), size)]

    assert reading.of_bytes(chunks) == reading.of_bytes([content])


@given(st.lists(PIECES, min_size=1, max_size=60), st.integers(min_value=200, max_value=2_000))
def test_a_cut_counts_what_it_leaves_out(found: list[str], room: int) -> None:
    log = reading.of_text("\n".join(found))
    kept = cuts.cut(log, room, "zh")

    assert 0 <= kept.lines <= log.lines
    assert kept.kinds <= len(log.kinds)


@given(st.lists(PIECES, min_size=1, max_size=60), st.integers(min_value=64, max_value=600))
def test_an_excerpt_of_a_log_counts_every_character(found: list[str], room: int) -> None:
    text = "\n".join(found)
    marks: list[int] = []
    kept = excerpt(text, room, lambda count: marks.append(count) or "gap")

    assert sum(marks) == kept.left_out
    assert len(kept.text.replace("[gap]", "").replace("\n", "")) + kept.left_out >= len(text.replace("\n", ""))


def test_more_kinds_than_are_kept_are_counted() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghijklmnop" for b in "abcdefghijklmnop" for c in "abcdefghijklmnop"]
    text = "".join(f"2024-07-01 12:00:00 ERROR {word} failed\n" for word in words)
    log = reading.of_text(text)

    assert len(log.kinds) <= MOST_KINDS
    assert log.errors == log.occurrences == len(words)
    assert log.others == len(words) - len(log.kinds)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", hostile_log.LINES)
def test_lines_made_to_keep_a_pattern_busy_are_read_and_counted(kind: str) -> None:
    """How the time grows with their number is a row of the benchmark."""
    log = reading.of_text(hostile_log.text(kind, 20))

    assert log.lines == 20
    assert sum(found.lines for found in log.kinds) + log.others + log.unreadable == 20
