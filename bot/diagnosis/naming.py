"""The names that secrets get while texts are masked, kept apart from whatever the texts themselves say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.diagnosis.placeholders import PLACEHOLDER, written
from bot.diagnosis.rules import CLOSE, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE = 0xF0000
_SIZE = 0xFFFE
"""A name is a number in two private characters: no rule takes them for anything."""

_NAME = re.compile(rf"{OPEN}(.)(.){CLOSE}")
_FOREIGN = str.maketrans({OPEN: "\ufffd", CLOSE: "\ufffd"})
"""Text has neither, and what has them all the same may not pass for masked."""

_Key = tuple[str, str, int]
"""Kind, value, and the group of texts in which it is the name of something that we do not know; -1 for a value."""

_OURS, _KEPT = -1, -2


class Names:
    """Gives each distinct value of a kind one name, and numbers them as they come first in the finished texts.

    `counts` are the distinct values of each kind that `shown` has named.
    """

    def __init__(self) -> None:
        """Begin with no names."""
        self.counts: Counter[str] = Counter()
        self._keys: dict[_Key, int] = {}
        self._order: list[_Key] = []
        self._shown: dict[int, str] = {}
        self._highest: defaultdict[str, int] = defaultdict(int)

    def keeping(self, text: str) -> str:
        """Hide the placeholders of a text from the rules, to be shown again as they were."""

        def hide(match: re.Match[str]) -> str:
            kind, number = match["kind"], int(match["number"])
            self._highest[kind] = max(self._highest[kind], number)
            return self._hidden((kind, match["number"], _KEPT))

        return PLACEHOLDER.sub(hide, text.translate(_FOREIGN))

    def renaming(self, text: str, group: int) -> str:
        """Hide the placeholders of a text from the rules, to get new names; one group's equal ones stay equal."""
        return PLACEHOLDER.sub(
            lambda match: self._hidden((match["kind"], match["number"], group)), text.translate(_FOREIGN)
        )

    def name(self, kind: str, value: str) -> str:
        """Return what stands for a value of a kind while rules look for more."""
        return self._hidden((kind, value, _OURS))

    def values(self, *kinds: str) -> Iterator[tuple[str, str]]:
        """Yield kind and value of all that was named, in the order in which it was found."""
        return ((kind, value) for kind, value, group in self._order if kind in kinds and group == _OURS)

    def shown(self, text: str) -> str:
        """Return a text with its final placeholders; texts are numbered on in the order in which they come here."""
        return _NAME.sub(lambda match: self._final((ord(match[1]) - _BASE) * _SIZE + ord(match[2]) - _BASE), text)

    def _hidden(self, key: _Key) -> str:
        number = self._keys.get(key)
        if number is None:
            number = self._keys[key] = len(self._order)
            self._order.append(key)
        return f"{OPEN}{chr(_BASE + number // _SIZE)}{chr(_BASE + number % _SIZE)}{CLOSE}"

    def _final(self, number: int) -> str:
        if number not in self._shown:
            kind, value, group = self._order[number]
            if group == _KEPT:
                return written(kind, int(value))
            self._highest[kind] += 1
            self.counts[kind] += group == _OURS
            self._shown[number] = written(kind, self._highest[kind])
        return self._shown[number]
