"""What people write, as we read it: our mention taken off, nothing invisible left, fit for every store."""

from __future__ import annotations

import re

from adapters.layout.graphemes import INVISIBLE
from bot import text as texts
from bot.conversation import commands

_DOUBLED = re.compile(r"\s*@[^\n@]+?\s{2,}")
_FIRST = re.compile(r"\A\s*@\S+(?:\s+|\Z)")


def cleaned(text: str) -> str:
    """Return a text without invisible characters, trimmed."""
    return texts.storable(INVISIBLE.sub("", text.replace("\r\n", "\n"))).strip()


def unmentioned(text: str, name: str) -> str:
    """Take our mention, `@name` and the blanks behind it, off the start of a group's message; other mentions stay.

    Where no `name` is set, the first word of the mention is taken off, since WeCom hands on only what mentions us; more
    of a name with blanks only where a command is all that follows, so that nothing of a question is lost.
    """
    if name.strip():
        return re.sub(rf"\A\s*@{re.escape(name.strip())}(?:\s+|\Z)", "", text).strip()
    behind = text[match.end() :].strip() if (match := _DOUBLED.match(text)) else ""
    return behind if commands.written(behind) else _FIRST.sub("", text, count=1).strip()
