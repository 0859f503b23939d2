"""Lines to events: a message with its frames, causes, details or codes, together with what its time and level are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.diagnosis.logs import envelopes, levels, stacks, stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.diagnosis.logs.lines import Line

MOST_LINES, MOST_CHARS = 120, 8_000
"""Of an event so many lines and characters are kept; beyond them only lines that name a cause."""

_CAUSE_LINES, _LONGEST_CAUSE = 40, 600
"""More lines and characters than these that name a cause are not kept either."""

_CAUSAL = re.compile(
    r"\s*(?:Caused by:|(?:\w{1,80}\.){0,10}\w{0,80}(?:Exception|Error)\b|[A-Z]{2,4}-\d{4,5}:|原因[:：])"
)
_NUMBERED = re.compile(r"(?:Error|错误)[:：] ?\d+[,，] ?(?:Severity|严重性)[:：]")
_LETTERS = frozenset("IWEF")
_FRAME = "\tat "
_NOTHING = 40
"""A line with so many characters behind its time says something."""


@dataclass(slots=True)
class Event:
    """A message with all lines that belong to it, as they stand in the log.

    `number` is its first line's, counted from one, and `size` how many lines it has, of which `texts` are kept.
    `body` is its first line without the time and what a container puts around it.
    """

    number: int
    time: str
    body: str
    level: levels.Level | None
    program: str
    texts: list[str] = field(default_factory=list)
    size: int = 0
    chars: int = 0
    is_telling: bool = False

    def add(self, raw: str, *, is_telling: bool, counts: bool = True) -> None:
        """Take one more line in; `counts` is False for a part of the line before."""
        self.size += counts
        self.is_telling = self.is_telling or is_telling
        has_room = len(self.texts) < MOST_LINES and self.chars < MOST_CHARS
        if not has_room and is_telling and len(self.texts) < MOST_LINES + _CAUSE_LINES:
            raw = raw[:_LONGEST_CAUSE] if _CAUSAL.match(raw) else "" if counts else levels.around(raw, _LONGEST_CAUSE)
            has_room = bool(raw)
        if has_room:
            self.texts.append(raw)
            self.chars += len(raw)


class Grouping:
    """Puts lines into events; holds the event that is not finished yet, and nothing more.

    `read` counts the lines, `unreadable` those without text, `stamped` those that begin with a time.
    """

    def __init__(self) -> None:
        """Begin before the first line."""
        self.read = self.unreadable = self.stamped = 0
        self._event: Event | None = None
        self._time = self._last = ""
        self._ahead = 0
        self._is_unfinished = self._is_after_blank = self._in_trace = False
        self._has_own_time = self._is_clocked = False

    def events(self, lines: Iterable[Line]) -> Iterator[Event]:
        """Yield the events of lines, each when the next one begins; blank lines count to the event before them."""
        for line in lines:
            if line.is_part and self._event is not None:
                self._event.add(line.text, is_telling=line.is_telling, counts=False)
                continue
            self.read += not line.is_part
            if line.text.startswith(_FRAME) and self._event is not None and not self._is_unfinished:
                self._event.add(line.text, is_telling=line.is_telling)
                self._last, self._is_after_blank = line.text, False
                continue
            if not line.is_readable:
                self.unreadable += not line.is_part
                continue
            if (finished := self._taken(line)) is not None:
                yield finished
        if self._ahead:
            self._event = self._event or Event(self.read, self._time, "", levels.Level.QUIET, "")
            self._event.size += self._ahead
        if self._event is not None:
            yield self._event

    def _taken(self, line: Line) -> Event | None:
        """Take one line in, and return the event that it ends."""
        inner = envelopes.opened(line.text)
        if not inner.text or inner.text.isspace():
            self._blank()
            return None
        stamp = stamps.find(inner.text)
        body = inner.text[stamp.end :] if stamp else inner.text
        self.stamped += bool(stamp or inner.time)
        was_unfinished, self._is_unfinished = self._is_unfinished, inner.is_unfinished
        if stamp and len(body) < _NOTHING and not body.strip(" *-"):
            return self._clocked(stamp.time)
        if self._event is not None and (was_unfinished or self._goes_on(self._event, inner, (body, stamp))):
            self._event.add(inner.text, is_telling=line.is_telling)
            finished = None
        else:
            finished = self._event
            self._begin(inner, body, stamp, is_telling=line.is_telling)
        is_trace = line.is_telling and body.lstrip().startswith("Traceback (most")
        self._in_trace = (self._in_trace and finished is None) or is_trace
        self._last, self._is_after_blank = body, False
        return finished

    def _blank(self) -> None:
        self._is_after_blank = True
        if self._event is not None:
            self._event.size += 1
        else:
            self._ahead += 1

    def _clocked(self, time: str) -> Event | None:
        """Take in a line that is nothing but a time, which holds for the events under it."""
        finished, self._event = self._event, None
        self._time, self._ahead = time, self._ahead + 1
        self._is_clocked, self._last, self._in_trace = True, "", False
        return finished

    def _begin(self, inner: envelopes.Inner, body: str, stamp: stamps.Stamp | None, *, is_telling: bool) -> None:
        lead = ""
        if stamp is not None:
            self._time, lead = stamp.time, stamp.lead
            self._is_clocked = False
        elif inner.time:
            self._time = inner.time
        self._has_own_time = stamp is not None
        level = levels.letter(lead) if lead in _LETTERS else None
        self._event = Event(self.read, self._time, body if level is not None else lead + body, level, inner.program)
        self._event.add(inner.text, is_telling=is_telling)
        self._event.size += self._ahead
        self._ahead = 0

    def _goes_on(self, event: Event, inner: envelopes.Inner, line: tuple[str, stamps.Stamp | None]) -> bool:
        body, stamp = line
        if inner.program not in {event.program, ""}:
            return False
        if stamp is not None:
            if event.size == 1 and _NUMBERED.search(event.body) and stamp.time == event.time:
                return _NUMBERED.search(body) is None
            return stamp.lead not in _LETTERS and stacks.follows_time(body, self._last)
        if body.startswith("{") or stacks.stands_apart(body) or (self._is_after_blank and stacks.begins(body)):
            return False
        if stacks.follows(body, self._last, in_trace=self._in_trace):
            return True
        return self._has_own_time or (stacks.announced(self._last) and not self._is_after_blank)
