"""Long texts are split by characters or bytes so that nothing is lost or broken and every part fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.layout import graphemes
from adapters.layout.splitting import cut, first, octets, packed, split, units

if TYPE_CHECKING:
    from collections.abc import Callable

MARKDOWN = MarkdownIt("commonmark")
LINKS = st.integers(0, 99).map(lambda n: f"[page {n}](https://wiki.example/p/{n}?a=1&b=2)")
WORDS = st.sampled_from(
    ["alpha", "数据库", "wait.", "。", "why?", "`SELECT 1. 2`", "ORA-01555", "👩‍💻", "é", " ", "a b"]
)
SENTENCES = st.lists(st.one_of(WORDS, LINKS), min_size=1, max_size=15).map(" ".join)
CODE = st.lists(st.sampled_from(["x = 1", "", "  if y: 数据", "# no. heading", "a" * 70]), min_size=1, max_size=12)
FENCES = CODE.map(lambda lines: "```sql\n" + "\n".join(lines) + "\n```")
LISTS = st.lists(SENTENCES, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items))
TEXTS = st.lists(st.one_of(SENTENCES, FENCES, LISTS), min_size=1, max_size=6).map("\n\n".join)
LIMITS = st.integers(100, 400)
MEASURES = st.sampled_from([units, octets])


def bare(text: str) -> str:
    """Drop what a split may change: white space, and the lines that open and close code."""
    return "".join(re.sub(r"(?m)^```\w*$", "", text).split())


@given(TEXTS, LIMITS, MEASURES)
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int, measure: Callable[[str], int]) -> None:
    parts = split(text, limit, measure)

    assert bare("\n".join(parts)) == bare(text)
    assert all(0 < measure(part) <= limit for part in parts)


@given(TEXTS, LIMITS, MEASURES)
def test_every_link_stays_whole(text: str, limit: int, measure: Callable[[str], int]) -> None:
    links = re.findall(r"\[page \d+\]\([^)]*\)", text)

    assert [
        link for part in split(text, limit, measure) for link in re.findall(r"\[page \d+\]\([^)]*\)", part)
    ] == links


@given(TEXTS, LIMITS, MEASURES)
def test_code_stays_code_and_prose_stays_prose(text: str, limit: int, measure: Callable[[str], int]) -> None:
    parts = split(text, limit, measure)

    assert all(len(re.findall(r"(?m)^```", part)) % 2 == 0 for part in parts)
    assert bare("".join(map(code, parts))) == bare(code(text))


def code(text: str) -> str:
    return "".join(token.content for token in MARKDOWN.parse(text) if token.type == "fence")


@given(st.text(max_size=900), LIMITS, MEASURES)
def test_whatever_the_text_is_nothing_is_lost_and_every_part_fits(
    text: str, limit: int, measure: Callable[[str], int]
) -> None:
    parts = split(text, limit, measure)

    assert all(measure(part) <= limit for part in parts)
    if "```" not in text and "~~~" not in text:
        assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text("ab`~ \n[]()<>&;.。!中👩\u200d💻\u0301", max_size=900), LIMITS, MEASURES)
def test_odd_marks_break_no_limit(text: str, limit: int, measure: Callable[[str], int]) -> None:
    assert all(measure(part) <= limit for part in split(text, limit, measure))


@given(st.text("e\u0301👩\u200d💻🏻🇩🇪\u1100\u1161각क्ष中a\u0e33", min_size=1, max_size=600))
def test_no_written_character_is_parted(text: str) -> None:
    whole = regex.findall(r"\X", text)
    ends, at = set(), 0
    for part in split(text, 100):
        at += len(part)
        ends.add(at)

    boundaries, at = {0}, 0
    for character in whole:
        at += len(character)
        boundaries.add(at)
    longest = max(units(character) for character in whole)
    assert ends <= boundaries or longest > 50


@given(st.text("e\u0301👩\u200d💻🇩🇪क्ष中", max_size=12), st.integers(0, 12))
def test_a_text_is_parted_only_where_unicode_parts_it(text: str, position: int) -> None:
    boundaries = {match.end() for match in regex.finditer(r"\X", text)} | {0}

    assert not graphemes.parts_at(text, position) or position in boundaries or position > len(text)


def test_bytes_are_counted_where_bytes_are_the_limit() -> None:
    parts = split("先停监听，再启动实例。" * 200, 2048, octets)

    assert "".join(parts) == "先停监听，再启动实例。" * 200
    assert all(1500 < octets(part) <= 2048 for part in parts[:-1])
    assert octets(cut("数据库" * 100, 20, octets)) <= 20
    assert octets(first("先停监听。" * 100, 120, octets)) <= 120
    assert packed(["数据", "库", "表"], 10, octets) == ["数据\n库", "表"]


def test_lines_without_full_stops_are_parted_between_lines() -> None:
    lines = [f"row {n} of a long list" for n in range(40)]

    assert "\n".join(split("\n".join(lines), 150)) == "\n".join(lines)


def test_an_anchor_stays_whole_with_its_words() -> None:
    link = '<a href="https://wiki.example/p?a=1&b=2">two words</a>'

    assert all(part.count(link) == part.count("<a") for part in split(f"see {link} and so on " * 30, 150, octets))


def test_a_section_of_three_thousand_and_one_characters_becomes_two_parts() -> None:
    assert list(map(len, split("a" * 3001, 3000))) == [3000, 1]
    assert split("a" * 3000, 3000) == ["a" * 3000]


def test_paragraphs_are_kept_together_before_sentences() -> None:
    first_paragraph, second = "One. " * 15, "Two. " * 15

    assert split(f"{first_paragraph.strip()}\n\n{second.strip()}", 120) == [first_paragraph.strip(), second.strip()]


def test_chinese_is_split_after_sentences_and_not_only_at_spaces() -> None:
    parts = split("先停监听，再启动实例。" * 30, 100)

    assert all(part.endswith("。") for part in parts)
    assert "".join(parts) == "先停监听，再启动实例。" * 30


def test_english_without_full_stops_is_split_between_words() -> None:
    assert all(not part.startswith("ord") for part in split("word " * 60, 100))


def test_emoji_count_as_two_as_they_may_in_slack() -> None:
    assert units("a中💡") == 4
    assert all(len(part) <= 50 for part in split("💡" * 120, 100))


def test_a_link_longer_than_a_part_is_split_since_it_must_be() -> None:
    assert all(units(part) <= 100 for part in split(f"see [x](https://w.example/{'a' * 300}) now", 100))


def test_code_that_does_not_fit_is_opened_again_with_its_language() -> None:
    lines = [f"line {n}" for n in range(40)]
    parts = split("Look:\n\n```python\n" + "\n".join(lines) + "\n```\n\nDone.", 150)

    assert all(part.count("```") % 2 == 0 for part in parts)
    assert parts[1].startswith("```python\nline ")
    assert [line for part in parts for line in part.split("\n") if line.startswith("line")] == lines


def test_an_open_fence_is_closed() -> None:
    assert split("```\nlog", 100) == ["```\nlog\n```"]
    assert split("```one line``` and more", 100) == ["```one line``` and more"]


@pytest.mark.parametrize("blank", ["", "\n\n", "   "])
def test_a_blank_text_has_no_parts(blank: str) -> None:
    assert split(blank, 100) == []


def test_a_limit_too_short_to_split_at_is_refused() -> None:
    with pytest.raises(ValueError, match="99"):
        split("a", 99)


def test_a_name_is_cut_at_a_character_and_says_so() -> None:
    assert cut("short", 10) == "short"
    assert cut("e\u0301" * 10, 6) == "e\u0301e\u0301…"
    assert units(cut("💡" * 99, 75)) <= 75


def test_the_first_part_of_a_text_says_that_there_is_more() -> None:
    assert first("One. Two.", 120) == "One. Two."
    assert first("先停监听。" * 40, 120).endswith("。…")
    assert first("```\n" + "a\n" * 200 + "```", 120).endswith("\n```\n…")


@pytest.mark.parametrize("measure", [units, octets])
@pytest.mark.parametrize("text", ["word. " * 20_000, "```\n" + "log line 1\n" * 8_000 + "```", "中" * 90_000])
def test_a_very_long_text_is_split_in_no_time(text: str, measure: Callable[[str], int]) -> None:
    parts = split(text, 3000, measure)

    assert bare("\n".join(parts)) == bare(text)
    assert len(parts) < 2 * measure(text) / 3000
