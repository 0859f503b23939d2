"""Counts the events of a log by kind, through flat memory: the likeliest roots are kept, all others only counted."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diagnosis.logs import chains, levels, lexicon, products, templates
from bot.diagnosis.logs.kinds import Kind, weight
from bot.diagnosis.logs.levels import Level

if TYPE_CHECKING:
    from bot.diagnosis.logs.events import Event

MOST_KINDS = 2_000
"""Of more kinds the likeliest roots are kept, and the others only counted."""

_DISTINCT = 200_000
"""So many kinds are told apart."""

_LOOKED_INTO = 3_000
"""After so many kinds only what calls itself fatal is looked into; all else is counted."""

_REMEMBERED = 20_000
_BEFORE = 3
_DIGITS = re.compile(
    r"(?=\d)(?<!\d)(?<![A-Z]-)(?<!SQL)(?<!rror )(?<!rror: )(?<!rror:)(?<!rrno )(?<!rrno: )(?<!rrno=)(?<!rror=)(?<!ode )"
    r"(?<!ode: )(?<!ode=)(?<!ode=-)(?<!ode:-)(?<!ret=)(?<!ret=-)(?<!Msg )(?<!消息 )(?<!atus )(?<!atus=)\d+"
)
"""Numbers that are no codes: two messages that differ in one of these alone say the same."""

SAMPLE = 300
"""So many first events, and kinds, tell which product wrote a log."""


_WORST = ("FATAL", "PANIC", "CRITICAL", "SEVERE", "致命", "严重")


class Tally:
    """Counts kinds; keeps no more than twice `MOST_KINDS` of them at any time."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.events = self.occurrences = 0
        self.distinct: set[int] = set()
        self.sample: list[str] = []
        self.versions: dict[str, str] = {}
        self._looked_into = 0
        self._templates: dict[str, str] = {}
        self._kinds: dict[tuple[str, str], _Counted] = {}
        self._recent: deque[str] = deque(maxlen=_BEFORE)

    def add(self, event: Event) -> None:
        """Take one event in."""
        self.events += 1
        first = event.texts[0] if event.texts else ""
        if len(self.sample) < SAMPLE:
            self.sample.append(f"{event.program}: {first}" if event.program else first)
            if version := products.version(first):
                self.versions.setdefault(products.owner(first), version)
        if event.is_telling:
            self._told(event)
        self._recent.append(first)

    def kept(self) -> tuple[Kind, ...]:
        """Return the kinds that are kept, in the order of their first event."""
        self._prune()
        found = (
            replace(each.kind, count=each.count, last=each.last, lines=each.lines)
            for each in self._kinds.values()
            if each.kind
        )
        return tuple(sorted(found, key=lambda kind: kind.number))

    def _told(self, event: Event) -> None:
        deepest = chains.told(event) if event.size > 1 else None
        key = (self._template(event.body), self._template(deepest.message) if deepest else "")
        counted = self._kinds.get(key)
        if counted is None:
            if not self._is_worth_it(event):
                self._passed_over(key)
                return
            counted = _Counted.of(self._kind(event, deepest or chains.told(event)))
            self._kinds[key] = counted
        counted.count += 1
        counted.last = event.number
        counted.lines += event.size
        kind = counted.kind
        if kind is not None and kind.is_error:
            self.occurrences += 1
            if len(self.distinct) < _DISTINCT:
                self.distinct.add(hash((kind.level, kind.template)))
        if len(self._kinds) >= 2 * MOST_KINDS:
            self._prune()

    def _template(self, message: str) -> str:
        """Return the template of a message; where there are too many kinds, only its numbers are masked."""
        rough = _DIGITS.sub("0", message[: templates.LONGEST])
        found = self._templates.get(rough)
        if found is None:
            if self._looked_into > _LOOKED_INTO:
                return rough
            found = templates.template(message)
            if len(self._templates) < _REMEMBERED:
                self._templates[rough] = found
        return found

    def _is_worth_it(self, event: Event) -> bool:
        self._looked_into += 1
        if self._looked_into <= _LOOKED_INTO:
            return True
        return self._looked_into <= 3 * _LOOKED_INTO and any(word in event.body for word in _WORST)

    def _passed_over(self, key: tuple[str, str]) -> None:
        """Count an event of one more kind where there are too many to look into."""
        self.occurrences += 1
        if len(self.distinct) < _DISTINCT:
            self.distinct.add(hash(key[1] or key[0]))

    def _kind(self, event: Event, deepest: chains.Told) -> Kind | None:
        """Make the kind of its first event; what neither is severe nor may cause anything is none."""
        level = _level(event)
        if level == Level.QUIET and (not lexicon.is_cause(deepest.message) or not levels.implied(deepest.message)):
            return None
        return Kind(
            number=event.number,
            last=event.number,
            count=1,
            lines=event.size,
            time=event.time,
            level=level,
            message=deepest.message,
            template=templates.template(deepest.message),
            component=products.component(event.body) or event.program,
            texts=tuple(event.texts),
            size=event.size,
            before=tuple(self._recent),
            is_deeper=deepest.is_deeper,
        )

    def _prune(self) -> None:
        ordered = sorted(self._kinds.items(), key=lambda item: -item[1].weight)
        self._kinds = dict(ordered[:MOST_KINDS])


@dataclass(slots=True)
class _Counted:
    kind: Kind | None
    weight: float
    count: int = 0
    last: int = 0
    lines: int = 0

    @classmethod
    def of(cls, kind: Kind | None) -> _Counted:
        return cls(kind, _NOTHING if kind is None else weight(kind))


_NOTHING = -10.0
"""The weight of what is no kind of error."""


def _level(event: Event) -> Level:
    """Return what an event states, or what its words imply; what it states as quiet stays so."""
    stated = event.level
    for text in [event.body, *event.texts[1:3]]:
        stated = levels.stated(text) if stated is None else stated
    if stated is not None:
        return stated
    return max(levels.implied(text) for text in [event.body, *event.texts[1:]])
