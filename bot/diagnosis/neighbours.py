"""Codes that are written much like another one: similar, and not the same."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"(?P<head>(?:[A-Za-z]+[-_]?)?)(?P<digits>\d{1,6})(?P<tail>[A-Z]?)")
_STATE = re.compile(r"(?=[0-9A-Z]*\d)[0-9A-Z]{5}")
_SISTERS = {"ORA-": ("TNS-",), "TNS-": ("ORA-",)}
"""Prefixes under which a product gives the same number to another error."""

_DIGITS = "0123456789"
_LETTERS = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def of(code: str) -> tuple[str, ...]:
    """Return the codes that differ from one, in its normal form, by one character; the likest first, never itself.

    That are the same number under a sister prefix, the numbers right beside it, two digits that changed places, and
    one digit that is another, missing or too many. A name, such as that of an exception, has none.

    >>> of("SQL0204N")[:2]
    ('SQL0203N', 'SQL0205N')
    """
    if match := _NUMBERED.fullmatch(code):
        head, digits, tail = match["head"], match["digits"], match["tail"]
        numbers = dict.fromkeys(_beside(digits) + _swapped(digits) + _other(digits, _DIGITS) + _longer(digits))
        found = [f"{sister}{digits}{tail}" for sister in _SISTERS.get(head, ())]
        found += [f"{head}{number}{tail}" for number in numbers]
    elif _STATE.fullmatch(code):
        found = _swapped(code) + _other(code, _LETTERS)
    else:
        return ()
    return tuple(each for each in dict.fromkeys(found) if each != code)


def _beside(digits: str) -> list[str]:
    number = int(digits)
    steps = (step * sign for step in (1, 2, 3) for sign in (-1, 1))
    return [str(number + step).zfill(len(digits)) for step in steps if number + step > 0]


def _swapped(code: str) -> list[str]:
    return [f"{code[:at]}{code[at + 1]}{code[at]}{code[at + 2 :]}" for at in range(len(code) - 1)]


def _other(code: str, letters: str) -> list[str]:
    return [f"{code[:at]}{letter}{code[at + 1 :]}" for at in reversed(range(len(code))) for letter in letters]


def _longer(digits: str) -> list[str]:
    """Return numbers with one digit more or less, as wide as codes of their kind are."""
    bare = digits.lstrip("0")
    shorter = [bare[:at] + bare[at + 1 :] for at in range(len(bare))]
    longer = [f"{bare[:at]}{digit}{bare[at:]}" for at in range(len(bare) + 1) for digit in _DIGITS]
    widths = [each.zfill(len(digits)) for each in shorter + longer if each.strip("0")]
    return [each for each in widths if len(each) <= max(len(digits), len(bare) + 1)]
