"""Long patterns of alternatives, arranged so that the engine passes quickly over text that none of them begins at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def any_of(pattern: str) -> re.Pattern[str]:
    """Compile alternatives by their first letters, which the engine tries a great deal faster than one by one."""
    grouped: dict[str, list[str]] = {}
    for each in _alternatives(pattern):
        is_literal = each[0].isalpha() and each[1:2] not in {"", "?", "*", "+", "{"}
        grouped.setdefault(each[0] if is_literal else "", []).append(each[1:] if is_literal else each)
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in grouped.items()))


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield what stands between the bars of a pattern that are in no group and in no set."""
    depth, start = 0, 0
    for at, sign in enumerate(pattern):
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and not depth:
            yield pattern[start:at]
            start = at + 1
    yield pattern[start:]
