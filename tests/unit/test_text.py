"""Tokens are the same for every index, whatever the text's form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("数据库", ["数据", "据库"]),
        ("库 is 慢", ["库", "is", "慢"]),
        ("ORA-01555", ["ora-01555", "ora", "01555"]),
        ("ＯＲＡ－０１５５５", ["ora-01555", "ora", "01555"]),
        ("报ORA-01555错", ["报", "ora-01555", "ora", "01555", "错"]),
        ("v1.2 of max_heap", ["v1.2", "v1", "2", "of", "max_heap", "max", "heap"]),
        ('"quotes" (AND)', ["quotes", "and"]),
        ("🙂 \x00", []),
    ],
)
def test_text_is_split_into_words_and_bigrams(given_text: str, expected: list[str]) -> None:
    assert text.tokens(given_text) == expected


@given(st.text())
def test_tokens_hold_neither_blanks_nor_nothing(anything: str) -> None:
    assert all(token and not any(char.isspace() for char in token) for token in text.tokens(anything))


@given(st.text(), st.text())
def test_a_line_break_keeps_texts_apart(first: str, second: str) -> None:
    assert text.tokens(f"{first}\n{second}") == text.tokens(first) + text.tokens(second)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("数据库慢", "zh"), ("slow database", "en"), ("ORA-01555 快照过旧怎么办", "zh"), ("42", "en")],
)
def test_the_language_is_that_of_most_letters(given_text: str, expected: str) -> None:
    assert text.language(given_text) == expected


def test_what_cannot_be_stored_is_replaced() -> None:
    assert text.storable("a\udcff数\ud800") == "a?数?"
