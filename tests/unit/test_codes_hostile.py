"""No text makes the grammar slow, and every code says where it stands."""

from __future__ import annotations

import re
from re import _parser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import codes
from bot.diagnosis.codes import grammar, reading, severity, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 200
SIZE = 200_000
WORDS = sorted({one.literal for one in grammar._passes()})
STRINGS = (
    " ",
    "-",
    "-1",
    "1",
    "a-111",
    "a1-",
    "A-111-",
    "ORA-",
    "ORA-0",
    "A_",
    "_A",
    "A",
    "[",
    "\\_",
    "\u3000",
    "Ｅ",
    "错",
    "错误 ",
    "达梦-",
    "dm8 ",
    "error ",
    "error code ",
    "error: (",
    "[sql server](",
    "sqlstate[hy000]: ",
    "MOVED 1 a:",
    "A_Exception",
    "org.elasticsearch.a.",
    "http status code ",
    "ret=-",
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [*STRINGS, *WORDS])
def test_many_hostile_characters_are_read_in_no_time(piece: str) -> None:
    assert isinstance(codes.extract(piece * (SIZE // len(piece))), tuple)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["error", "ORA", "sqlstate", "arguments:", "错误码", "A-123", "达梦", "[sql server]"])
def test_a_wide_gap_costs_no_time(piece: str) -> None:
    for gap in (" ", "\n", "0", "-", "x"):
        assert isinstance(codes.extract(f"{piece}{gap * SIZE}{piece}-1x"), tuple)


def patterns() -> Iterator[re.Pattern[str]]:
    """Yield every pattern that the grammar has."""
    yield from (one.pattern for one in grammar._passes())
    for module in (grammar, reading, severity, titles):
        yield from (value for value in vars(module).values() if isinstance(value, re.Pattern))


def repeats(parsed: object) -> Iterator[tuple[str, int]]:
    """Yield kind and greatest number of each repetition in a parsed pattern."""
    items = parsed.data if isinstance(parsed, _parser.SubPattern) else parsed
    if not isinstance(items, list | tuple):
        return
    if len(items) == 2 and str(items[0]).endswith("REPEAT"):
        yield str(items[0]), int(items[1][1])
    for item in items:
        yield from repeats(item)


def test_no_pattern_gives_back_what_it_took_without_bound() -> None:
    loose = {
        (pattern.pattern[:60], kind)
        for pattern in patterns()
        for kind, most in repeats(_parser.parse(pattern.pattern))
        if kind != "POSSESSIVE_REPEAT" and most > LONGEST
    }

    assert loose == set()


PARTS = ("ORA-", "01555", "ＯＲＡ", "－", "\\_", "ER", " ", "错误", "-", "4012", "é", "𝟙", "\n")


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_a_code_stands_where_it_says(text: str) -> None:
    found = codes.find(text)

    assert [code.start for code in found] == sorted(code.start for code in found)
    assert all(0 <= code.start < code.end <= len(text) for code in found)
    assert {code.form for code in found} <= {*codes.extract(text), *codes.extract(f"x {text}")}


@pytest.mark.parametrize(
    ("text", "written", "product", "said"),
    [
        ("快照过旧 ＯＲＡ－０１５５５：", "ＯＲＡ－０１５５５", "oracle", None),
        ("see ER\\_X and ER\\_CANT\\_DO here", "ER\\_CANT\\_DO", "mysql", None),
        ("2024-05-01 [ERROR] [MY-010123] [Server] gone", "MY-010123", "mysql", codes.Severity.ERROR),
        ("Msg 547, Level 16, State 0", "547", "sqlserver", codes.Severity.ERROR),
        ("Msg 823, Level 24, State 2", "823", "sqlserver", codes.Severity.FATAL),
        ("SQL0964C  The transaction log is full", "SQL0964C", "db2", codes.Severity.FATAL),
        ("致命错误:  57P03: 数据库系统正在启动", "57P03", "postgresql", codes.Severity.FATAL),
        ("[2024] WDIAG observer fail(ret=-4038)", "4038", "oceanbase", None),
        ("FATAL:  28P01: password", "28P01", "postgresql", codes.Severity.FATAL),
    ],
)
def test_a_code_has_place_product_and_severity(
    text: str, written: str, product: str, said: codes.Severity | None
) -> None:
    code = codes.find(text)[-1]

    assert text[code.start : code.end] == written
    assert (code.product, code.severity) == (product, said)
