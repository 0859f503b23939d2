"""How bad a line says it is, in the words of the products' logs, English and Chinese."""

from __future__ import annotations

import re
from enum import IntEnum


class Severity(IntEnum):
    """From what a log only tells to what stops a server."""

    INFO = 1
    WARNING = 2
    ERROR = 3
    FATAL = 4


_WORDS = {
    Severity.FATAL: "fatal|panic|critical|crit|alert|emerg|emergency|致命错误|致命|严重|恐慌|比致命错误还过分的错误",
    Severity.ERROR: "error|err|severe|错误|报错|故障",
    Severity.WARNING: "warning|warn|警告|告警",
    Severity.INFO: "info|information|notice|note|log|hint|detail|debug|trace|信息|提示|注意|日志|详细信息",
}
_OF = {word: severity for severity, words in _WORDS.items() for word in words.split("|")}
_WORD = re.compile(rf"(?<![a-z_-])({'|'.join(sorted(_OF, key=len, reverse=True))})(?![a-z_])")
_LEVEL = re.compile(r"\s*+,\s*+(?:level|severity|级别|严重性|严重级别)\s*+:?\s*+(\d{1,2})(?!\d)")
_FATAL_LEVEL, _ERROR_LEVEL = 17, 11
_SUFFIXES = {"N": Severity.ERROR, "C": Severity.FATAL, "W": Severity.WARNING, "I": Severity.INFO, "E": Severity.ERROR}


def of_line(line: str) -> Severity | None:
    """Return the severity that a line in lower case names first, or None."""
    found = _WORD.search(line)
    return _OF[found.group(1)] if found else None


def of_level(behind: str) -> Severity | None:
    """Return what SQL Server says right behind a number: levels to 10 inform, from 17 on the server has trouble."""
    found = _LEVEL.match(behind)
    if not found:
        return None
    level = int(found.group(1))
    if level >= _FATAL_LEVEL:
        return Severity.FATAL
    return Severity.ERROR if level >= _ERROR_LEVEL else Severity.INFO


def of_suffix(form: str) -> Severity | None:
    """Return what the last letter of a DB2 code says."""
    return _SUFFIXES.get(form[-1:])
