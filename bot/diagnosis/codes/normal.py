"""Normal forms: of a text, so that one pattern finds a code however its letters are typed, and of codes."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

_LAST = 0x20000
"""From here on no character is a variant of an ASCII one."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"


def folded(text: str) -> str:
    """Return `text` of the same length with full-width and other variants of ASCII characters, and dashes, as ASCII."""
    if text.isascii():
        return text
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    plain = _variants().take(points, mode="clip")
    if int(points.max()) >= _LAST:
        plain = np.where(points < _LAST, plain, points)
    if np.array_equal(plain, points):
        return text
    return plain.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def lowered(text: str) -> str:
    """Return `text` of the same length with the letters A to Z in lower case: `str.lower` is slow and may lengthen."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


@cache
def _variants() -> NDArray[np.uint32]:
    """Return for every character's number that of what it is a variant of, its own for most."""
    import numpy as np

    table = np.arange(_LAST, dtype=np.uint32)
    for number in range(0x80, _LAST):
        plain = unicodedata.normalize("NFKC", chr(number))
        if len(plain) == 1 and plain.isascii():
            table[number] = ord(plain)
    table[[ord(dash) for dash in _DASHES]] = ord("-")
    return table


def padded(prefix: str, digits: int) -> Callable[[str], str | None]:
    """Return what makes `PREFIX-00123` of a number, with at least so many digits."""
    return lambda written: f"{prefix}-{written.lstrip('0').zfill(digits)}"


def nonzero(prefix: str) -> Callable[[str], str | None]:
    """Return what makes `PREFIX-123` of a number other than 0, which reports success."""
    return lambda written: f"{prefix}-{number}" if (number := written.lstrip("0")) else None
