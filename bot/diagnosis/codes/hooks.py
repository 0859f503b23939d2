"""Where in a long text a pattern is worth a try: three neighbouring characters that its words begin with or hold.

The whole text is looked up at once, three characters at a time, in a table of all hooks; so the time that it takes
does not grow with the number of words.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 1 << 16
_BITS = 7
_PLANE = 0x10000
_DIGIT, _OTHER = 1, 0
_LETTERS = string.ascii_letters
_SIGNS = "-_:[]({ =\"'"
_HAN = "错误报故障消息达梦状态响应返回訊数"


class Hook(NamedTuple):
    """Three sets of characters, and how far behind a pattern's beginning the first of them stands.

    Any digit stands for all digits. An empty set is any character.
    """

    first: str
    second: str
    third: str
    behind: int = 0


_AT = {
    "status": 3,
    "warning": 3,
    "http": 1,
    "oceanbase": 4,
    "mariadb": 3,
    "mysql": 1,
    "mssql": 1,
    "disql": 1,
    "sqlstate[": 6,
    "code, argument": 9,
    "oracle": 2,
    "xception": 2,
    "gateway": 2,
    "unavailable": 2,
    "os {": 1,
    "[code:-": 4,
}
"""Which three characters of a word are its rarest."""

_NO_WORD = _SIGNS.replace("_", "").replace("-", "").replace("]", "") + "\0"
NUMBERED = (Hook(_LETTERS, "-", "0", -1), Hook(_LETTERS, "0", "-", -2))
JOINED = (Hook(_LETTERS, "_", string.ascii_uppercase, -1),)
_SPECIAL = {
    "-": (Hook(_NO_WORD, "-", "0", -1),),
    ":": (Hook(_LETTERS, ":", "0", -1),),
    "p": (Hook("0", "pP", "0", -1),),
    "dm": (Hook("dD", "mM", "0sSeEjJ 数错报"),),
    "ob": (Hook("oO", "bB", "- _"),),
    "0x": (Hook("0", "xX", "0abcdefABCDEF"),),
    "[-": (Hook("[", "-", "0"),),
    "ora": (Hook("rR", "aA", "0 :_", 1),),
}


def of(word: str, *, cased: bool) -> tuple[Hook, ...]:
    """Return the hooks of a word."""
    if word in _SPECIAL:
        return _SPECIAL[word]
    at = _AT.get(word, 0)
    first, second, third = (char if cased else char.lower() + char.upper() for char in (*word[at : at + 3], "", "")[:3])
    return (Hook(first, second, third, at),)


class Table:
    """All hooks of a list of patterns, by three characters.

    `groups` are the patterns that hook in at one place, each as how far before it to try and as its number.
    """

    def __init__(self, patterns: Sequence[Sequence[Hook]]) -> None:
        """Fill the table."""
        import numpy as np

        # What lies behind the first plane is taken for its last character, which no hook has.
        self._classes = np.full(_PLANE, _OTHER, dtype=np.uint32)
        for number, char in enumerate(_LETTERS + _SIGNS + _HAN, start=2):
            self._classes[ord(char)] = number
        self._classes[[ord(char) for char in string.digits]] = _DIGIT
        self.groups: list[tuple[tuple[int, int], ...]] = [()]
        self._cells = np.zeros(1 << 3 * _BITS, dtype=np.uint8)
        self._fill(patterns)

    def places(self, text: str) -> Iterator[tuple[list[int], list[int]]]:
        """Yield places in order, a block of the text at a time, and in step which of `groups` hooks in there."""
        import numpy as np

        points = _points(text)
        for start in range(0, len(points), _BLOCK):
            first = max(0, start - 2)
            kinds = self._classes.take(points[first : start + _BLOCK], mode="clip")
            cells = kinds[:-2] << 2 * _BITS
            cells |= kinds[1:-1] << _BITS
            cells |= kinds[2:]
            hit = self._cells.take(cells, mode="clip")
            found = np.flatnonzero(hit)
            yield (found + first).tolist(), hit[found].tolist()

    def _fill(self, patterns: Sequence[Sequence[Hook]]) -> None:
        everyone = range(len(_LETTERS + _SIGNS + _HAN) + 2)
        cells: dict[int, dict[tuple[int, int], None]] = {}
        for number, hooks in enumerate(patterns):
            for hook in hooks:
                first, second, third = (
                    {int(self._classes[ord(char)]) for char in chars} or everyone
                    for chars in (hook.first, hook.second, hook.third)
                )
                for cell in ((a << 2 * _BITS) | (b << _BITS) | c for a in first for b in second for c in third):
                    cells.setdefault(cell, {})[hook.behind, number] = None
        known: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        for cell, members in cells.items():
            group = tuple(members)
            self._cells[cell] = known.setdefault(group, len(known))
        self.groups = list(known)


def _points(text: str) -> NDArray[np.uint8] | NDArray[np.uint32]:
    """Return the characters' numbers."""
    import numpy as np

    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
