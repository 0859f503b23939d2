"""Decides which keys mean the same: equal, or alike enough and not kept apart by a veto."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from bot.answering import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.keys import Key

JOIN = 0.6
"""Keys whose mix reaches this are one answer; measured on 1,378 boxes of human answers (`docs/benchmarks.md`)."""

WORDS_SHARED = 0.5
"""Two Latin texts must share this part of the shorter one's words: letters alone make long sentences look alike."""

_EQUAL = 1e-9
"""Likenesses that differ by less are equal: sums of fractions are not exact."""


def clusters(texts: Sequence[str], *, similar: bool = True) -> list[tuple[int, ...]]:
    """Group the positions of keys that mean the same; the grouping does not depend on their order.

    Keys with an equal normal form or an equal number are one. With `similar`, what is left is joined by complete
    linkage while every pair is alike by `likeness` of at least `JOIN`. Groups come in the order of their first member.
    """
    equal: dict[object, list[int]] = {}
    read = [keys.read(text) for text in texts]
    for position, key in enumerate(read):
        equal.setdefault(key.normal if key.number is None else key.number, []).append(position)
    groups = list(equal.values())
    if similar and len(groups) > 1:
        groups.sort(key=lambda group: min((read[i].normal, read[i].raw) for i in group))
        heads = [min((read[i] for i in group), key=lambda key: (key.normal, key.raw)) for group in groups]
        groups = [[position for i in members for position in groups[i]] for members in _linked(heads)]
    return sorted(tuple(sorted(group)) for group in groups)


def likeness(first: Key, second: Key) -> float:
    """Score how alike two keys are in [0, 1]: half Dice of characters, half containment of character bigrams.

    0 where a veto keeps them apart: other numbers, other identifiers, one negated, opposite terms, other words; and for
    two different numbers or expressions, where every sign counts.
    """
    if first.normal == second.normal:
        return 1.0
    if first.number is not None and second.number is not None:
        return float(first.number == second.number)
    if first.symbolic and second.symbolic:
        return 0.0
    return 0.0 if _apart(first, second) else _mix(first.letters, second.letters)


def _apart(first: Key, second: Key) -> bool:
    return (
        first.negated != second.negated
        or not _nested(first.numbers, second.numbers)
        or not _nested(first.identifiers, second.identifiers)
        or _opposed(first.poles, second.poles)
        or _other_words(first, second)
    )


def _nested(first: frozenset[str], second: frozenset[str]) -> bool:
    return first <= second or second <= first


def _opposed(first: frozenset[tuple[int, int]], second: frozenset[tuple[int, int]]) -> bool:
    """Tell whether, in a group of opposites that both touch, neither text's poles include the other's."""
    for group in {group for group, _ in first} & {group for group, _ in second}:
        mine = {pole for g, pole in first if g == group}
        yours = {pole for g, pole in second if g == group}
        if not (mine <= yours or yours <= mine):
            return True
    return False


def _other_words(first: Key, second: Key) -> bool:
    fewer = min(len(first.words), len(second.words))
    return fewer > 1 and len(first.words & second.words) < WORDS_SHARED * fewer


def _mix(first: str, second: str) -> float:
    if not first or not second:
        return 0.0
    shared = (Counter(first) & Counter(second)).total()
    dice = 2 * shared / (len(first) + len(second))
    mine, yours = set(pairwise(first)), set(pairwise(second))
    fewer = min(len(mine), len(yours))
    contained = len(mine & yours) / fewer if fewer else float(first in second or second in first)
    return (dice + contained) / 2


def _linked(heads: Sequence[Key]) -> list[tuple[int, ...]]:
    """Link completely: join the two groups whose least alike members are most alike, while these reach `JOIN`.

    The input is sorted and the first of equal pairs is joined, so the order of the ballots changes nothing.
    """
    alike = np.full((len(heads), len(heads)), -1.0)
    for (row, a), (column, b) in combinations(enumerate(heads), 2):
        alike[row, column] = alike[column, row] = likeness(a, b)
    members: list[tuple[int, ...]] = [(position,) for position in range(len(heads))]
    while alike.max() >= JOIN - _EQUAL:
        kept, joined = sorted(int(place) for place in np.unravel_index(alike.argmax(), alike.shape))
        alike[kept] = alike[:, kept] = np.minimum(alike[kept], alike[joined])
        alike[joined] = alike[:, joined] = -1.0
        members[kept], members[joined] = members[kept] + members[joined], ()
    return [group for group in members if group]
