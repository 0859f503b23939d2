"""Times at the beginning of lines, as databases, servers, containers and system logs write them."""

from __future__ import annotations

import re
from typing import NamedTuple

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?:{_YEAR}(?:[-/.]\d{{1,2}}[-/.]\d{{1,2}}|年\d{{1,2}}月\d{{1,2}}日|\d{{4}})"
    rf"|\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]{_YEAR})?"
    rf"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},? )?{_MONTH}[a-z]{{0,6}} {{1,2}}\d{{1,2}}(?:,? {_YEAR})?(?!\d)"
    rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]{_YEAR}|\d{{6}}(?= {{1,2}}\d{{1,2}}:\d\d:\d\d))"
)
_TIME = r"(?:(?:上午|下午) ?)?\d{1,2}[:.时]\d\d[:.分]\d\d秒?(?:[.,:]\d{1,9})?"
_ZONE = r"(?: ?(?:Z\b|[+-]\d\d:?\d\d|[+-]\d{3}\b|[AP]M\b|[A-Z]{3,4}(?= \d{4}|[:,\] ]|$)(?<!INFO)(?<!WARN)(?<!LOG)))?"
_LEVEL = (
    r"(?:\[?(?:FATAL|PANIC|CRITICAL|SEVERE|ERROR|WARN(?:ING)?|NOTICE|INFO|DEBUG|TRACE|错误|警告|信息)"
    r"\]?[:：]? {0,4}\[?)"
)
_LEAD = (
    r"(?:<\d{1,3}>(?:1 )?)?(?:\*{3} ?)?(?:\d{1,7}:[A-Z] |\[\d{1,7}\] |(?:time|ts|t|timestamp|@timestamp|date)=)?"
    rf"{_LEVEL}?[\[(【\"']?"
)
_STAMP = re.compile(
    rf"(?P<lead>{_LEAD})(?P<time>{_DATE}[T _:-]{{1,2}}{_TIME}{_ZONE}(?: {_YEAR}\b)?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?=[ \]])|(?<=\[) {0,7}\d{1,7}\.\d{6}(?=\]))[\])】\"']?"
)
_KLOG = re.compile(r"(?P<lead>[IWEF])(?P<time>\d{4} \d\d:\d\d:\d\d\.\d{6}) ")
_ACCESS = re.compile(
    rf"(?P<lead>\S{{2,60}} \S{{1,40}} \S{{1,60}} \[)(?P<time>\d\d/{_MONTH}/{_YEAR}:\d\d:\d\d:\d\d [+-]\d{{4}})\]"
)
_FIRST = frozenset("0123456789<*[(【\"'tdFPCSEWNIDT@错警信JFMASOND")
_ADDRESSED = re.compile(r"<?[\w.:-]{3,60}>? [^\s\[]{1,60} [^\s\[]{1,60} \[")


class Stamp(NamedTuple):
    """A time as it is written, what stands before it, and where the rest of the line begins."""

    time: str
    lead: str
    end: int


def find(text: str) -> Stamp | None:
    """Return the time that a line begins with, or None."""
    if not text or not (text[0] in _FIRST or text[0].isalnum()):
        return None
    match = _STAMP.match(text) or _KLOG.match(text)
    if match is None and _ADDRESSED.match(text):
        match = _ACCESS.match(text)
    return None if match is None else Stamp(match["time"], match["lead"], match.end())
