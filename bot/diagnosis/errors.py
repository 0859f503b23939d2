"""Tells questions about an error from all others."""

from __future__ import annotations

from bot.diagnosis import codes
from bot.diagnosis.logs import levels
from bot.diagnosis.logs.levels import Level

_LONG = 4_000
"""Of a longer text the beginning tells; what has no code in it is seldom a log."""


def is_about_one(text: str) -> bool:
    """Tell whether a question names an error code, or is nothing but a message that speaks of a failure."""
    beginning = text[:_LONG].strip()
    if codes.strict(beginning):
        return True
    is_line = "\n" not in beginning and not beginning.endswith(("?", "？"))
    return is_line and levels.stated(beginning) is not None and levels.implied(beginning) > Level.QUIET
