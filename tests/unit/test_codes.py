"""Error codes are read from whatever people paste, in the order in which they matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import codes

STACK = (
    'ORA-06512: at "HR.PAY", line 12\nORA-00604: error occurred at recursive SQL level 1\nORA-01555: snapshot too old'
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORA-01555: snapshot too old", ("ORA-01555",)),
        ("报ora-1555错误怎么办", ("ORA-01555",)),
        ("ＯＲＡ－０１５５５：快照过旧", ("ORA-01555",)),
        ("TNS-12541: no listener", ("TNS-12541",)),
        ("ERROR 1205 (HY000) at line 3: Lock wait timeout exceeded", ("ERROR-1205",)),
        ("Error 1005: Can't create table", ("ERROR-1005",)),
        ("Last_IO_Errno: 1236", ("ERROR-1236",)),
        ("Error Code: 1175. You are using safe update mode", ("ERROR-1175",)),
        ('pymysql.err.OperationalError: (1045, "Access denied")', ("ERROR-1045",)),
        ("SQLSTATE[HY000] [2002] Connection refused", ("ERROR-2002",)),
        ("mysql 1205 怎么处理", ("ERROR-1205",)),
        ("1205", ("ERROR-1205",)),
        ("SQLSTATE 40P01", ("SQLSTATE-40P01",)),
        ("SqlStateCode: 42S02", ("SQLSTATE-42S02",)),
        ("ERROR:  40P01: deadlock detected", ("SQLSTATE-40P01",)),
        ("ret=-4012", ("ERROR-4012",)),
        ("OceanBase 错误 -4012 / ERROR 4012 (HY000)：Timeout", ("ERROR-4012",)),
        ("[ERROR] [MY-010123] [Server] gone", ("MY-010123",)),
        ("where is PPR-9087 explained", ("PPR-9087",)),
        ("EXP-00056: ORACLE error encountered", ("EXP-00056",)),
        ("错误码：1045", ("ERROR-1045",)),
        ("err_no 1205", ("ERROR-1205",)),
        ("MongoServerError[WriteConflict]: gone", ("MONGO-112",)),
        ("MongoServerSelectionError: connection timed out", ("MongoServerSelectionError",)),
        ("ER\\_CANT\\_CREATE\\_TABLE", ("ER_CANT_CREATE_TABLE",)),
    ],
)
def test_one_code_has_one_normal_form(text: str, expected: tuple[str, ...]) -> None:
    assert codes.extract(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the 1555 form is due in 2024",
        "COVID-19 rules",
        "MySQL 8.0.36 and MariaDB 10.6",
        "MariaDB error codes 1000 to 1099",
        "error 2024-01-01 00:00:00",
        "a restricted set of SQL STATEMENTS",
        "the SQLSTATE value of a class",
        "ERROR: LOGIN: no such user",
        "ERROR 5 minutes after the start",
        "the job failed with error 1000 times",
        "一直报错 1000 次",
        "mysql 3306 端口连不上",
        "a factor of exp-1",
        "terror 1045",
        "",
        "🙂",
    ],
)
def test_prose_carries_no_code(text: str) -> None:
    assert codes.extract(text) == ()


def test_the_top_of_a_stack_leads_and_call_stack_lines_come_last() -> None:
    assert codes.extract(STACK) == ("ORA-00604", "ORA-01555", "ORA-06512")


def test_the_client_line_leads_over_codes_before_it() -> None:
    assert codes.extract("after ORA-01555 came\nERROR 1064 (42000) at line 1: syntax") == ("ERROR-1064", "ORA-01555")


def test_the_number_inside_an_internal_error_leads() -> None:
    assert codes.extract("ORA-00600: internal error code, arguments: -4016, x") == ("ERROR-4016", "ORA-00600")


def test_a_state_in_brackets_is_no_code_of_its_own() -> None:
    assert codes.extract("ERROR 1064 (42000): syntax") == ("ERROR-1064",)


def test_codes_that_only_accompany_an_error_are_no_reason_to_refuse() -> None:
    assert codes.strict('Ticket INC-20931: (errno: 150 "Foreign key")') == ()


def test_a_code_at_the_head_of_a_line_matters() -> None:
    assert codes.strict("PPR-9087: posting failed") == ("PPR-9087",)


@pytest.mark.parametrize(
    ("title", "source", "first_column", "expected"),
    [
        ("Can't create table", "codes/e1005.md", None, ("ERROR-1005",)),
        ("ERROR 1205 (HY000)：锁等待超时", "mysql/ERROR-1205.md", None, ("ERROR-1205",)),
        ("OceanBase codes", "oceanbase/codes.csv", "-4009\n-4016", ("ERROR-4009", "ERROR-4016")),
        ("Error reference", "reference.md", "[1000](e1000.md)", ("ERROR-1000",)),
        ("SQLSTATE 53300: too many connections", "postgresql/53300.md", None, ("SQLSTATE-53300",)),
        ("Staff", "staff.csv", "1005", ()),
        ("2024", "reports/2024.md", None, ()),
    ],
)
def test_a_chunk_defines_what_its_titles_file_and_first_column_name(
    title: str, source: str, first_column: str | None, expected: tuple[str, ...]
) -> None:
    assert codes.defined(title, (), source, None, first_column) == expected


def test_a_row_defines_the_code_of_its_question() -> None:
    assert codes.defined("FAQ", (), "faq.csv", "What is TNS-12541?", None) == ("TNS-12541",)


@pytest.mark.parametrize("start", ["error", "error code", "sqlstate", "ret", "last_errno", "ORA-600 arguments:"])
def test_a_wide_gap_costs_no_time(start: str) -> None:
    assert codes.extract(f"{start}{' ' * 50_000}x 12") == (("ORA-00600",) if "ORA" in start else ())


@given(st.text())
def test_strict_codes_are_among_all_codes(text: str) -> None:
    assert set(codes.strict(text)) <= set(codes.extract(text))


@given(st.integers(1, 99_999))
def test_leading_zeros_do_not_matter(number: int) -> None:
    assert codes.extract(f"ORA-{number}") == codes.extract(f"ora-{number:05d}")
