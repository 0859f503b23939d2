"""Messages without a code find the line of the page that they were made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval import lines, queries

PAGE = """# Error 1005: Can't create table

| Error Code | SQLSTATE | Error | Description |
| ---------- | -------- | ----- | ----------- |
| 1005 | HY000 | ER\\_CANT\\_CREATE\\_TABLE | Can't create table '%s' (errno: %d) |

{% include "licence.md" %}
"""


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("@U024BE7LH, @W12345678 why is the tablespace full?", "why is the tablespace full?"),
        ("what does @Transactional do, @WEBSERVICE?", "what does @Transactional do, @WEBSERVICE?"),
        ("mail to root@U12345678", "mail to root@U12345678"),
        ("@U024BE7LH", "@U024BE7LH"),
    ],
)
def test_people_who_are_mentioned_are_not_searched_for(text: str, searched: str) -> None:
    assert queries.unaddressed(text) == searched


NOISE = [f"2026-11-20 10:00:{number:02} INFO worker {number} is idle" for number in range(40)]
FAILED = [f"job {number} failed" for number in range(80)]
DEADLOCK = "2026-11-20 10:01:00 FATAL ORA-00060: deadlock detected"


@pytest.mark.parametrize(
    ("lines", "searched"),
    [
        (["why?", *NOISE, DEADLOCK, *NOISE, DEADLOCK], ["why?", DEADLOCK]),
        ([*NOISE, "connection refused", DEADLOCK], ["connection refused", DEADLOCK]),
        ([*FAILED, DEADLOCK], [*FAILED[:58], DEADLOCK]),
        (NOISE, NOISE),
        (["how do I read this?", DEADLOCK, "nothing more"], ["how do I read this?", DEADLOCK, "nothing more"]),
    ],
)
def test_a_long_log_is_searched_by_the_lines_that_name_codes_and_failures(
    lines: list[str], searched: list[str]
) -> None:
    assert queries.telling("\n".join(lines)).splitlines() == searched


def test_templates_are_the_messages_of_a_page_without_placeholders() -> None:
    assert lines.templates(PAGE) == ("Can't create table", "Can't create table ' ' (errno: )")


def test_what_names_a_part_of_a_page_is_no_message() -> None:
    page = "# Error codes\n## Possible causes\n## Too many connections\n| Error code |\n|:---|\n| Gone away |"

    assert lines.templates(page) == ("Too many connections", "Gone away")


@given(st.text())
def test_templates_are_distinct_and_bounded(text: str) -> None:
    found = lines.templates(text)

    assert len(found) == len(set(found)) <= 64
    assert all(0 < len(line) <= 400 for line in found)


def test_a_message_fits_its_own_template_best() -> None:
    message = 'Can\'t create table `test`.`b` (errno: 150 "Foreign key constraint is incorrectly formed")'

    assert lines.fit(message, lines.templates(PAGE)) > lines.fit(message, ["Can't create database ' ' (errno: )"])


def test_values_in_quotes_cost_nothing() -> None:
    assert lines.fit("Table 'shop.very_long_name' already exists", ["Table ' ' already exists"]) == pytest.approx(1)


def test_one_shared_word_says_nothing() -> None:
    assert lines.fit("the VPN connection keeps dropping", ["Connection refused by the peer host"]) == 0


@given(st.text(), st.lists(st.text(), max_size=3))
def test_a_fit_lies_between_zero_and_one(message: str, page: list[str]) -> None:
    assert 0 <= lines.fit(message, page) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ERROR 1050 (42S01) at line 3: Table 'v' already exists", "Table 'v' already exists"),
        ("mysql> create table v\nERROR: Table 'v' already exists\nmysql>", "Table 'v' already exists"),
        ("Trigger already exists", "Trigger already exists"),
        ("error.log:\nTable 'v' already exists", "Table 'v' already exists"),
        ("How do I reset my password?", None),
        ("打印机怎么连接", None),
        ("two lines\nof prose", None),
        ("", None),
    ],
)
def test_a_pasted_message_is_told_from_a_question(text: str, expected: str | None) -> None:
    assert queries.message(text) == expected


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("Can't create table 'v'", False),
        ("Lock wait timeout exceeded", False),
        ("I cannot connect to the VPN from home", True),
        ("the account is locked after failed logins, what now", True),
        ("无法连接VPN", True),
    ],
)
def test_what_a_person_may_have_worded_must_fit_a_line_better(text: str, *, worded: bool) -> None:
    assert queries.read(text).worded is worded
