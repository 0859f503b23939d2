"""A text that is too long keeps its ends and every error it names, and shows each gap with its length."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.excerpts import excerpt

NOISE = "".join(f"2026-07-01 12:00:00 INFO worker {number} is fine\n" for number in range(2_000))


def mark(count: int) -> str:
    return f"… {count} left out …"


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert excerpt("ORA-01555\n", 10, mark) == ("ORA-01555\n", 0, None)


def test_the_ends_stay_and_the_gap_says_how_much_it_is() -> None:
    text = f"first line\n{NOISE}last line"
    found = excerpt(text, 1_000, mark)
    (count,) = map(int, re.findall(r"\[… (\d+) left out …\]", found.text))

    assert found.text.startswith("first line\n")
    assert found.text.endswith("\nlast line")
    assert count == found.left_out
    assert len(text) - 1_000 <= count <= len(text) - 500


def test_an_error_in_the_midst_of_a_log_is_kept_once() -> None:
    line = "2026-07-01 12:00:01 ERROR ORA-01555: snapshot too old"
    text = f"start\n{NOISE}{line}\n{NOISE}{line}\n{NOISE}end"
    found = excerpt(text, 1_000, mark)

    assert found.text.count(f"\n{line}\n") == 1
    assert found.text.count("left out") == 2


def test_one_endless_line_is_cut_between_characters() -> None:
    found = excerpt("错" * 5_000, 1_000, mark)

    assert found.text == f"{'错' * 500}\n[… 4250 left out …]\n{'错' * 250}"


@given(st.text(alphabet="ab错\n", max_size=400), st.integers(min_value=8, max_value=100))
def test_what_is_kept_and_what_is_counted_are_the_whole(text: str, room: int) -> None:
    found = excerpt(text, room, mark)
    gaps = sum(map(int, re.findall(r"\[… (\d+) left out …\]", found.text)))
    kept = re.sub(r"\[… \d+ left out …\]", "", found.text)

    assert gaps == found.left_out
    assert len(kept.replace("\n", "")) + gaps >= len(text.replace("\n", ""))
