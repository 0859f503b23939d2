"""Kinds of events: those that say the same but for their literals, counted, and how likely each is the root."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.diagnosis.logs import lexicon
from bot.diagnosis.logs.levels import Level

_SEVERITY = {Level.QUIET: 0.3, Level.WARNING: 1.0, Level.FAILING: 1.8, Level.ERROR: 2.0, Level.FATAL: 2.5}
_CAUSE, _CONSEQUENCE, _NOISE = 3.0, -1.5, -2.5
_FOLLOWS = -0.3
"""Of a consequence that says what caused it, or that is the deepest of a chain."""

_CODED, _DEEPER, _UNREACHED, _SYSTEM, _TOLD_TWICE, _DEADLY = 0.5, 0.8, -1.0, 1.0, 0.3, 0.5
_CODE = re.compile(
    r"\b(?:ORA|TNS|RMAN|PLS|CRS|KUP|MY|DBV)-\d{4,6}\b|\bSQL\d{4,5}[NCW]\b|\b(?:ERROR|Msg|Error:?|error:"
    r"|errno:?|code=?) ?\d{2,5}\b"
    r"|\b[0-9]{2}[0-9A-Z]{3}: |ret=-\d{4}|SQLSTATE|\b(?:errno|Errcode|error code)[:= ]{1,2}\d+"
)
_REPORTED = re.compile(r"^(?:Linux|SVR4|IBM AIX|HPUX|Solaris|HP)[\w -]{0,20} Error: (?!32\b)\d+: ", re.MULTILINE)
"""What the operating system said under a message of Oracle; 32 is a pipe whose other end went away."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that say the same but for their literals; all but `count`, `last` and `lines` are of the first of them.

    `number` and `last` are the first line of the first and of the last event, counted from one; `lines` all lines of
    all of them. `message` is what the deepest cause says, `template` the same with its literals masked, `texts` the
    lines that are kept, `before` the lines that stood right before.
    """

    number: int
    last: int
    count: int
    lines: int
    time: str
    level: Level
    message: str
    template: str
    component: str
    texts: tuple[str, ...]
    size: int
    before: tuple[str, ...]
    is_deeper: bool

    @property
    def is_error(self) -> bool:
        """Whether it says, or its words do, that something failed."""
        return self.level >= Level.FAILING

    @property
    def text(self) -> str:
        """Its kept lines as they stand in the log."""
        return "\n".join(self.texts)


def weight(kind: Kind) -> float:
    """Return how likely a kind is the root, its place in the log apart: by its severity, and by what it says."""
    message = kind.message
    is_noise = lexicon.is_noise(message)
    marks = lexicon.causes(message)
    is_cause = (marks > 0 or _REPORTED.search(kind.text) is not None) and not is_noise
    found = _SEVERITY[kind.level] + _CODED * (_CODE.search(message) is not None) + _DEEPER * kind.is_deeper
    if is_cause:
        found += (
            _CAUSE
            + _TOLD_TWICE * (marks > 1)
            + _DEADLY * (kind.level >= Level.FATAL)
            + _UNREACHED * lexicon.is_unreached(message)
            + _SYSTEM * (kind.component == "kernel")
        )
    if lexicon.is_consequence(message):
        found += _FOLLOWS if is_cause or kind.is_deeper else _CONSEQUENCE
    return found + _NOISE * is_noise
