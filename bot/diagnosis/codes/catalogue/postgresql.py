"""PostgreSQL: SQLSTATE in the layouts of its log, its clients and of ODBC and JDBC, English and Chinese."""

from __future__ import annotations

from bot.diagnosis.codes.rules import SIGN, STOP, Rule, after, alone

_STATE = r"(?P<code>(?=[a-z]{0,4}[0-9])[0-9a-z]{5})"
_SAYS_NOTHING = r"(?!hy000|00000|0000)"

_DIGITS_ALONE = """
01003 01004 01006 01007 01008 02000 02001 03000 08000 08001 08003 08004 08006 08007 09000 20000 21000 22000
22001 22002 22003 22004 22005 22007 22008 22009 22010 22011 22012 22013 22014 22015 22016 22018 22019 22021
22022 22023 22024 22025 22026 22027 22030 22031 22032 22033 22034 22035 22036 22037 22038 22039 23000 23001
23502 23503 23505 23514 24000 25000 25001 25002 25003 25004 25005 25006 25007 25008 26000 27000 28000 34000
38000 38001 38002 38003 38004 39000 39001 39004 40000 40001 40002 40003 42000 42501 42601 42602 42611 42622
42701 42702 42703 42704 42710 42712 42723 42725 42803 42804 42809 42830 42846 42883 42939 44000 53000 53100
53200 53300 53400 54000 54001 54011 54023 55000 55006 57000 57014 58000 58030 72000
"""

_KNOWN = frozenset(_DIGITS_ALONE.split())


def _capitals(written: str) -> str | None:
    return f"SQLSTATE-{written}" if written == written.upper() else None


def _known(written: str) -> str | None:
    """Take only what is known for a state: before the severity may stand the number of a process too."""
    return f"SQLSTATE-{written}" if written in _KNOWN else None


_VERBOSE = rf"\s*+:\s++{_STATE}:"

RULES: tuple[Rule, ...] = (
    after(
        "postgresql",
        "SQLSTATE-{}",
        "sql",
        rf"[ \t]?(?:state(?:\s*+code\b|(?![a-z]))|状态(?:码|代码)?){SIGN}{_SAYS_NOTHING}{_STATE}{STOP}",
    ),
    after("postgresql", _capitals, "err", rf"(?<=sql err)or\s++\[{_SAYS_NOTHING}{_STATE}\]"),
    after("postgresql", _capitals, "错误", rf"(?:(?<=sql错误)|(?<=sql 错误))[ \t]*+\[{_SAYS_NOTHING}{_STATE}\]"),
    after("postgresql", _capitals, "err", rf"or{_VERBOSE}"),
    after("postgresql", _known, "err", r"(?<=[ \]:,](?P<code>[0-9]{5}) err)or\s*+:"),
    *(after("postgresql", _capitals, word, _VERBOSE) for word in ("fatal", "panic", "warning")),
    after("postgresql", _capitals, "错误", _VERBOSE),
    # A state that has a letter P, or reports trouble inside the server, is known without a word before it.
    after(
        "postgresql",
        _capitals,
        "p",
        rf"(?<=[0-9][0-9]p)(?<![a-z0-9_-][0-9][0-9]p)[0-9][0-9]{STOP}(?<=(?P<code>[0-9a-z]{{5}}))",
    ),
    after("postgresql", _capitals, "xx00", rf"{alone('xx00')}[0-2]{STOP}"),
)
