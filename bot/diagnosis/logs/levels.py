"""How severe an event says that it is, in the words of all the products, or seems to be by its words of failure."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.diagnosis.logs.alternatives import any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Level(IntEnum):
    """How severe an event is; what names no level is `FAILING` when its words say that something failed."""

    QUIET = 0
    WARNING = 1
    FAILING = 2
    ERROR = 3
    FATAL = 4


_NEAR = 240
"""Characters after the time in which the level stands."""

_NAMES = {
    Level.FATAL: ("fatal panic emerg emergency alert crit critical 致命错误 致命 崩溃 比致命错误还过分的错误 dpanic"),
    Level.ERROR: "error err severe ediag ereport 错误 严重 严重错误",
    Level.WARNING: "warn warning wdiag wrn 警告 告警",
    Level.QUIET: (
        "info information informational notice note log debug trace fine finer finest config verbose statement hint "
        "detail audit system debug1 debug2 debug3 debug4 debug5 inf dbg 日志 信息 注意 提示 调试 通知 event ok"
    ),
}
_LEVELS = {name: level for level, names in _NAMES.items() for name in names.split()}
_WORD = "|".join(sorted((name for name in _LEVELS if name.isascii()), key=len, reverse=True))
_HAN = "|".join(sorted((name for name in _LEVELS if not name.isascii()), key=len, reverse=True))
_UPPER = _WORD.upper()
_STATED = re.compile(
    rf"(?:\"(?:level|severity|lvl|log\.level|levelname|loglevel)\"\s?:\s?\"?|(?<![\w.])(?:level|lvl|severity"
    rf"|LEVEL)\s?[=:]\s?\"?)"
    rf"(?P<field>(?i:{_WORD})|\d{{2}}\b)"
    rf"|[\[<(](?P<boxed>(?i:{_WORD})) ?[\])>]"
    rf"|(?<![\w.$/-])(?P<upper>{_UPPER})(?![\w.(/-])(?!\s\d{{4,5}}\b)"
    rf"|(?:^|[\[【(\s:])(?P<han>{_HAN})(?=[\]】)\s:：]|$)"
    r"|(?:^|\s)(?P<title>Error|Severe|Critical|Warning|Info|Event)(?=:\s(?!\d+, Severity)|\s\[| {2,}[A-Z])"
    r"|^ ?(?P<mongo>[FEWID]) +[A-Z]{2,10} +\["
    r"|\"s\":\s?\"(?P<json>[FEWID])\d?\""
    r"|Severity: (?P<sql>\d{1,2}),|(?:, Level |，级别 )(?P<msg>\d{1,2})(?:, State|，状态)"
    r"|^(?:\d{1,7}:[A-Z] .{0,40})?(?P<sign>[#*-]) "
    r"|\" (?P<status>[1-5]\d\d) (?:\d+|-)(?: |$)"
)
_LETTERS = {"F": Level.FATAL, "E": Level.ERROR, "W": Level.WARNING, "I": Level.QUIET, "D": Level.QUIET}
_SIGNS = {"#": Level.WARNING, "*": Level.QUIET, "-": Level.QUIET}
_FATAL_SEVERITY, _ERROR_SEVERITY, _WARNING_SEVERITY = 20, 11, 10
"""Of SQL Server: from 11 on errors, below 10 information (learn.microsoft.com, Database Engine error severities)."""

_BUNYAN = {"60": Level.FATAL, "50": Level.ERROR, "40": Level.WARNING}


def letter(sign: str) -> Level:
    """Return the level of a letter, as klog and MongoDB write it."""
    return _LETTERS[sign]


def stated(body: str) -> Level | None:
    """Return the level that an event's first line states near its beginning, or None."""
    match = _STATED.search(body[:_NEAR])
    if match is None:
        return None
    kind, value = match.lastgroup or "", match[match.lastgroup or 0]
    if kind in _READ:
        return _READ[kind](value)
    return _BUNYAN.get(value, Level.QUIET) if value.isdigit() else _LEVELS[value.lower()]


def _graded(severity: str) -> Level:
    grade = int(severity)
    if grade >= _FATAL_SEVERITY:
        return Level.FATAL
    if grade >= _ERROR_SEVERITY:
        return Level.ERROR
    return Level.WARNING if grade >= _WARNING_SEVERITY else Level.QUIET


def _answered(status: str) -> Level:
    return Level.FAILING if status[0] == "5" else Level.QUIET


_READ: Mapping[str, Callable[[str], Level]] = {
    "mongo": letter,
    "json": letter,
    "sql": _graded,
    "msg": _graded,
    "sign": _SIGNS.__getitem__,
    "status": _answered,
}
"""How the groups of the pattern are read that do not name a level."""


_TELLING = (
    *("error", "fail", "warn", "exception", "ora-", "fatal", "panic", "caused", "crit", "severe", "kill", "abort"),
    *(
        "cannot",
        "can't",
        "could",
        "unable",
        "denied",
        "refuse",
        "corrupt",
        "invalid",
        "timeout",
        "timed out",
        "termina",
    ),
    *(
        "rman-",
        "tns-",
        "sql0",
        "sql1",
        "sqls",
        "traceback",
        "emerg",
        "alert",
        "wdiag",
        "ediag",
        "oom",
        "memory",
        "space",
    ),
    *("not ", "no such", "crash", "dead", "full", "mismatch", "too ", "exce", "lost", "reject", "unreach", "signal"),
    *(
        "segf",
        "violat",
        "off",
        "unhealthy",
        "unexpected",
        "expired",
        '"s":"',
        " e ",
        " # ",
        "msg ",
        "misconf",
        "incident",
    ),
    *("stall", "stuck", "unrecogni", "unknown", "duplicate", '" 5', "illegal", "conflict"),
    *("错", "失败", "异常", "无法", "拒绝", "超", "不", "致命", "严重", "崩溃", "满", "损坏", "死锁", "级别"),
    *("警告", "告警", "中断", "终止", "冲突", "违反", "过期"),
)
"""A line in lower case without any of these tells nothing of a failure."""

_HAN_MARKS = tuple(mark for mark in _TELLING if not mark.isascii())
_FRAMES = ("\tat ", "    at ")

_FAILINGS = (
    r"error\b|fatal\b|exception\b|traceback\b|panic(?:ked)?\b|fail(?:ed|ure|s)?\b|can(?:'|no)t\b"
    r"|could ?n[o']t\b|couldn't\b|unable\b"
    r"|denied\b|refused\b|corrupt\w{0,6}\b|abort\w{0,6}\b|killed\b|no space\b|not found\b|no such\b|invalid\b"
    r"|crash\w{0,6}\b"
    r"|deadlock\w{0,6}\b|too many\b|exceeded\b|violat\w{2,6}\b|terminated abnormally\b|segfault\b|mismatch\b"
    r"|rejected\b"
    r"|unreachable\b|out of memory\b|expired\b|illegal\b|time[d-]? ?out\b|does not exist\b|doesn't exist\b"
    r"|unexpected\b"
    r"|(?:ora|tns|rman|pls|crs|kup|my|sql)-?\d{4,6}\b|sql\d{4,5}[nc]\b|oom-kill|msg \d{1,6}, level"
    r"|insufficient\b|unrecognized\b"
    r"|错误|失败|异常|无法|拒绝|超时|不存在|报错|致命|崩溃|不足|已满|损坏|死锁|违反|终止|冲突|过期|不能"
    r"|消息 \d{1,6}，级别"
)
_FAILING = any_of(_FAILINGS)
_HARMLESS = re.compile(
    r"\b(?:0|no|without|zero) (?:errors?|failures?|warnings?|exceptions?)\b|errors?[=:] ?0\b|fail(?:ed"
    r"|ures?)?[=:] ?0\b"
    r"|\berror[_ -]?(?:log|handler|page|codes?|count|rate|reporting)|failed[=:]\[?\]?$|if (?:it )?fails"
    r"|on[_-]error|errorlog"
    r"|succe(?:ss|eded)|recovered|没有错误|无错误|错误数[:：=为]? ?0|成功"
)
_CODED = re.compile(r"\b(?:ora|tns|rman|pls|crs|kup)-\d{4,5}|exception\b")


def marks(lowered: str) -> tuple[str, ...]:
    """Return what may tell of a failure in a text in lower case of many lines, so that each is asked for no more."""
    known = _TELLING[: -len(_HAN_MARKS)] if lowered.isascii() else _TELLING
    return tuple(mark for mark in known if mark in lowered)


def is_telling(lowered: str, marks: tuple[str, ...]) -> bool:
    """Tell quickly whether a line in lower case, of a text with these marks, may speak of a failure."""
    if lowered.startswith(_FRAMES):
        return False
    for mark in marks:  # noqa: SIM110 - twice as fast as any(), for every line of every log
        if mark in lowered:
            return True
    return False


def around(text: str, room: int) -> str:
    """Return what stands around the first words of failure in a part of a long line; nothing where there are none."""
    match = _FAILING.search(text.lower())
    return text[max(0, match.start() - room // 2) : match.start() + room] if match else ""


def implied(body: str) -> Level:
    """Return the level of an event that states none, by its words."""
    lowered = body.lower()
    if _FAILING.search(lowered) is None or (_HARMLESS.search(lowered) and not _CODED.search(lowered)):
        return Level.QUIET
    return Level.FAILING
