"""What an event says: the message of its deepest cause, found in stacks of Java, Python and Oracle, and in records."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis.logs import levels, lexicon, stamps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.diagnosis.logs.events import Event

_NEAR = 8
"""So many lines of an event may say what its first one does not."""

_LONGEST = 1_000
"""Characters of a message that are kept."""

_HEAD = re.compile(
    r"\s+|[-–:|>,]+\s+|\[(?!MY-\d|ORA-|\")[^\]\[]{0,80}\]:?\s?|\((?:\w+)\)\s|\{[^}]{0,80}\}\s|<[A-Za-z]+>\s"
    r"|(?:FATAL|PANIC|CRITICAL|SEVERE|ERROR|WARN(?:ING)?|NOTICE|INFO|LOG|DEBUG|TRACE|Error|Warning|严重|错误|致命错误"
    r"|警告|日志|信息)"
    r"(?:[:：]\s*|\s+(?=[\[(\w])(?!\d{4,5} \())|\d{1,12}\s(?!rows|errors)|spid\w+\s+|[\w.$]{2,80}\s+(?:---?|:"
    r"|-)\s|\d{1,7}:[A-Z]\s|[#*]\s"
    r"|[FEWID]\s+[A-Z]{2,10}\s+|\w{2,40}\[\d+\]:\s|\d{1,10}#\d{1,10}:\s(?:\*\d+\s)?|---\s|[\w.-]{1,60}\.(?:go"
    r"|cc|cpp|rs|py|c):\d+\]?\s"
    r"|[0-9T-]{6,40}\s|\w+@\w+\s|user=\S*,\S*\s|(?:SQLSTATE )?(?=[A-Z]*\d)[0-9A-Z]{5}:\s(?=[a-z])"
)
_CAUSED = re.compile(
    r"(?P<in>\s*)(?:Caused by|Root cause|[Nn]ested exception is|由以下原因引起|根本原因|原因)[:：]\s?"
    r"|(?P<inner> )--->\s"
)
_CHAINED = re.compile(r"During handling of|The above exception was")
_RAISED = re.compile(r"(?:[A-Za-z_]\w{0,80}\.){0,10}[A-Za-z_]\w{0,80}(?::\s|$)")
_STACKED = re.compile(
    r"(?:\w{1,10}> ?)?(?P<code>(?:ORA|TNS|RMAN|PLS|KUP|UDI|UDE|IMP|EXP|LRM|CRS|NID|DBV)-\d{1,5}):(?! ={5})"
)
_THROWN = re.compile(
    r"(?:^|[\s:])(?:[a-zA-Z_]\w{0,80}\.){1,10}[A-Z]\w{0,80}(?:Exception|Error|Throwable)\b"
    r"|^[A-Z]\w{0,80}(?:Exception|Error)(?=[\[:]|$)"
)
_ESCAPED = re.compile(r'\\{1,15}"')
_DB2 = re.compile(r"(?:MESSAGE|RETCODE|DATA #1)\s*:\s")
_FIELDS = (
    "msg",
    "message",
    "M",
    "log",
    "event",
    "error",
    "err",
    "errmsg",
    "reason",
    "cause",
    "exception",
    "errorMessage",
)
_STACK_FIELDS = ("stack_trace", "stacktrace", "stack", "exc_info", "exception", "traceback", "errorVerbose")
_STATE, _MESSAGE = 12, 13
"""Columns of PostgreSQL's csvlog (postgresql.org, Error Reporting and Logging)."""


class Told(NamedTuple):
    """The deepest cause of an event, and whether it was found below another message."""

    message: str
    is_deeper: bool = False


def told(event: Event) -> Told:
    """Return what an event says at its deepest."""
    body, texts = event.body, event.texts
    is_record = body.startswith("{") or texts[0].lstrip().startswith("{")
    if is_record and (found := _of_json(texts[0].strip())) is not None:
        return found
    if body.startswith((",", " CST,", " UTC,", " GMT,")):
        return Told(_of_csv(body.partition(",")[2], texts[1:]))
    return _of_lines([body, *texts[1:]])


def _of_lines(lines: Sequence[str]) -> Told:
    causes = [(len(found["in"] or ""), at) for at, line in enumerate(lines) if at and (found := _CAUSED.match(line))]
    if causes:
        outermost = min(depth for depth, _ in causes)
        start = max(at for depth, at in causes if depth == outermost)
        rest = [_CAUSED.sub("", lines[start], count=1), *lines[start + 1 :]]
        stacked = _stacked(rest)
        return Told((stacked or rest[0]).strip()[:_LONGEST], is_deeper=True)
    for pick in (_stacked, _raised, _recorded):
        if deepest := pick(lines):
            return Told(bare(deepest), is_deeper=deepest is not lines[0])
    return Told(bare(_headline(lines)))


def _stacked(lines: Sequence[str]) -> str | None:
    """Return from a stack of codes the first of the error that was raised first, which stands below the others.

    Oracle prints where a block failed (ORA-06512) between one error and the one it was raised for.
    """
    found, first, is_new = "", "", True
    for line in lines:
        text = line[stamp.end :].lstrip(" :-]") if (stamp := stamps.find(line)) else line.lstrip()
        match = _STACKED.match(text) or (None if first else _STACKED.search(text))
        if match is None:
            continue
        text = text[match.start() :]
        first = first or text
        if lexicon.is_wrapper(match["code"]):
            is_new = is_new or match["code"] == "ORA-06512"
        elif is_new:
            found, is_new = text, False
    return (found or first) or None


def _raised(lines: Sequence[str]) -> str | None:
    """Return the exception of a traceback of Python; of chained ones the first."""
    starts = [at for at, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    if not starts:
        return None
    chained = next((at for at, line in enumerate(lines) if _CHAINED.match(line.lstrip())), len(lines))
    block = [_untimed(line) for line in lines[starts[0] + 1 : chained]]
    raised = [line for line in block if line and not line[0].isspace() and _RAISED.match(line)]
    return raised[0] if raised else None


def _recorded(lines: Sequence[str]) -> str | None:
    """Return the message of a record of DB2, or of SQL Server, whose number and message stand on two lines."""
    if found := [line for line in lines if _DB2.match(line)]:
        return " ".join(_DB2.sub("", line).strip() for line in found)
    if len(lines) > 1 and re.search(r"Error: \d+, Severity:|Msg \d+, Level|消息 \d+，级别", lines[0]):
        return f"{bare(lines[0])} {bare(_untimed(lines[1]))}"
    return None


def _headline(lines: Sequence[str]) -> str:
    """Return the first line that says what failed, or an exception under it where it names one."""
    failing = [line for line in lines if levels.implied(line)]
    if not failing:
        return lines[0]
    caused = next((line for line in lines[:_NEAR] if lexicon.is_cause(line)), None)
    if caused is not None and not lexicon.is_cause(lines[0]) and levels.stated(caused) in {None, levels.Level.QUIET}:
        return caused
    thrown = next((line for line in lines[1:3] if _THROWN.search(line) and not line[0].isspace()), None)
    return thrown or (lines[0] if levels.stated(lines[0]) and len(bare(lines[0])) > 1 else failing[0])


def _untimed(line: str) -> str:
    stamp = stamps.find(line)
    return line[stamp.end :].lstrip() if stamp else line


def bare(line: str) -> str:
    """Drop what stands before a message: time, level, thread, number of the process, name of the logger."""
    text = _untimed(line).strip()
    at = 0
    while (match := _HEAD.match(text, at)) and match.end() > at and match.end() < len(text):
        at = match.end()
    return _unescaped(text[at : at + _LONGEST])


def _unescaped(text: str) -> str:
    """Take off the backslashes before quotes that loggers put there, once for each quote inside a quote."""
    return _ESCAPED.sub('"', text) if '\\"' in text else text


def _of_csv(row: str, more: Sequence[str]) -> str:
    try:
        cells = next(csv.reader(["t," + "\n".join([row, *more])]))
    except (csv.Error, StopIteration):
        return row
    if len(cells) <= _MESSAGE:
        return row[:_LONGEST]
    return f"{cells[_STATE]}: {cells[_MESSAGE]}"[:_LONGEST]


def _of_json(text: str) -> Told | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    for name in _STACK_FIELDS:
        stack = record.get(name)
        if isinstance(stack, str) and "\n" in stack:
            return _of_lines(stack.splitlines())
    said = dict.fromkeys(_values(record, 0))
    return Told(": ".join(said)[:_LONGEST]) if said else None


def _values(record: dict[str, object], depth: int) -> list[str]:
    found = []
    for name in _FIELDS:
        value = record.get(name)
        if isinstance(value, str) and value:
            found.append(value.strip())
        elif isinstance(value, dict) and depth < 3:  # noqa: PLR2004 - what says something is not nested deeper
            found += _values(value, depth + 1)
    attributes = record.get("attr")
    return found + (_values(attributes, depth + 1) if isinstance(attributes, dict) else [])
