"""What containers and system logs put around each line of a program: taken off, so that the line itself is read."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_CRI = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d)) std(?:out|err) ([FP]) ")
_PREFIX = re.compile(r"(?:\[pod/[\w./-]{1,200}\]|[\w.-]{1,60}-\d{1,4} {1,30}\|) ")
_SYSLOG = re.compile(
    r"(?:<\d{1,3}>(?:1 )?)?((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT[\d:.]{8,15}(?:Z|[+-]\d\d:?\d\d)?)) "
    r"<?[\w.:-]{1,100}>? ([\w.@/()-]{1,80})(?:\[\d{1,8}\])?: ?"
)


_PIPE, _NEAR = "| ", 90
_BRACKETS = frozenset("[<")


class Inner(NamedTuple):
    """A program's own line, with the time and the program's name that the envelope tells.

    `is_unfinished` says that the line goes on in the next envelope.
    """

    text: str
    time: str = ""
    program: str = ""
    is_unfinished: bool = False


def opened(text: str) -> Inner:
    """Take the envelope off a line; a line without one comes back as it is."""
    if text.startswith('{"log":'):
        return _docker(text)
    if not (text[10:11] == "T" or text[3:4] == " " or text[:1] in _BRACKETS or text.find(_PIPE, 0, _NEAR) >= 0):
        return Inner(text)
    if match := _PREFIX.match(text):
        text = text[match.end() :]
    if match := _CRI.match(text):
        return Inner(text[match.end() :], match[1], is_unfinished=match[2] == "P")
    if match := _SYSLOG.match(text):
        return Inner(text[match.end() :], match[1], match[2])
    return Inner(text)


def _docker(text: str) -> Inner:
    try:
        kept = json.loads(text)
    except ValueError:
        return Inner(text)
    line, time = kept["log"], kept.get("time", "")
    if not isinstance(line, str) or not isinstance(time, str):
        return Inner(text)
    return Inner(line.rstrip("\n"), time, is_unfinished=not line.endswith("\n"))
