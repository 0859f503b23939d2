"""DB2: messages of the server, and the SQLCODE that its clients print."""

from __future__ import annotations

from bot.diagnosis.codes.rules import STOP, Rule, after, alone

_CRITICAL = """
902 954 955 956 958 960 964 968 980 984 985 990 992 1004 1034 1036 1038 1039 1042 1043 1072 1084
"""
_ENDING_IN_C = frozenset(map(int, _CRITICAL.split()))
"""Numbers whose messages end with a C: their SQLCODE is below zero like those of the messages with an N."""


def _message(written: str) -> str:
    """Write `SQL911N` as `SQL0911N`."""
    return f"SQL{int(written[3:-1]):04d}{written[-1].upper()}"


def _sqlcode(written: str) -> str | None:
    """Write the SQLCODE -911 as the message `SQL0911N`, -964 as `SQL0964C`, 100 as `SQL0100W`; 0 reports success."""
    number = int(written)
    suffix = "W" if number > 0 else "C" if -number in _ENDING_IN_C else "N"
    return f"SQL{abs(number):04d}{suffix}" if number else None


RULES: tuple[Rule, ...] = (
    after("db2", _message, "sql", rf"{alone('sql')}[0-9]{{3,5}}[ncwi]{STOP}"),
    after(
        "db2",
        _sqlcode,
        "sql",
        r"code[\"']?\s*+(?:(?:[:=]|is\b|为|是)\s*+\"?|(?=-))(?P<code>-?[0-9]{1,5})(?![a-z0-9_]|\.[0-9])",
    ),
    after("db2", "ERRORCODE-{}", "err", rf"{alone('err')}orcode=-(?P<code>[0-9]{{4}}),\s*+sqlstate"),
    after("db2", "{}", "DB2", r"(?<![A-Za-z0-9_-]DB2)1[0-9]{3}[EIW](?![A-Za-z0-9_])", cased=True),
    after("db2", "{}", "ADM", r"(?<![A-Za-z0-9_-]ADM)[0-9]{4}[CEIW](?![A-Za-z0-9_])", cased=True),
    after("db2", "{}", "DBI", r"(?<![A-Za-z0-9_-]DBI)[0-9]{4}[CEINW](?![A-Za-z0-9_])", cased=True),
)
