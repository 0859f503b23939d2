"""What people are told about a log that was read: how many lines, how many distinct errors, and what held no text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.phrases import say

if TYPE_CHECKING:
    from bot.diagnosis.logs.reading import Log
    from bot.types import Language


def summary(log: Log, language: Language) -> str:
    """Say what was read, such as `9,812 lines read, 3 distinct errors`, without a full stop."""
    key = {0: "log_read_none", 1: "log_read_one"}.get(log.errors, "log_read")
    found = [say(key, language, lines=counted(log.lines), errors=counted(log.errors))]
    if log.occurrences > log.errors:
        found.append(say("log_times", language, count=counted(log.occurrences)))
    if log.unreadable:
        found.append(say("log_unreadable", language, count=counted(log.unreadable)))
    return ("，" if language == "zh" else ", ").join(found)


def counted(number: int) -> str:
    """Write a number as people read it, in groups of three digits."""
    return f"{number:,}"
