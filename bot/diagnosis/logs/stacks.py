"""Which lines go on with the event before them: frames, causes, details, and the lines of an ORA- stack."""

from __future__ import annotations

import re

_DETAILS = (
    *("DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION"),
    *("详细信息", "详细", "提示", "语句", "上下文", "背景", "查询", "位置"),
)
_DETAIL = rf"(?:{'|'.join(_DETAILS)})"
_INDENTED = ("at ", "Caused by:", "... ", "Suppressed:", 'File "')
_DEEP = ("\t", "     ")
_NEAR = 80
"""Characters in which the word for a detail, and the colon after it, stand."""

_GOES_ON = re.compile(
    rf"[ \t]+\S|at [\w.$/<>]+\(|Caused by:|\.{{3}} \d+ (?:more|common)|Suppressed:|[)\]}}]|Wrapped by|{_DETAIL}[:：]"
    r"|During handling of|The above exception|goroutine \d+ \[|\[signal |created by |ORA-06512|\[SQL:|LINE \d+:|第\d+行"
    r"|原因[:：]|由以下原因引起|Additional information:|\(Background on|Incident details|Use ADRCI|See Note"
    r"|(?:Linux|SVR4|IBM AIX|HPUX|Solaris|HP)[\w -]{0,20} Error:|[Nn]ested exception|Root cause"
)
_STAMPED_GOES_ON = re.compile(
    rf"\t|\s{{0,80}}(?:at [\w.$/<>]+\(|Caused by:|\.{{3}} \d+ (?:more|common)|Suppressed:|File \")| {{5,}}\S"
    rf"|[^:]{{0,60}}{_DETAIL}[:：] {{1,2}}\S"
)
_STACK = re.compile(r"(?:\w{1,10}> ?)?(?:ORA|TNS|RMAN|PLS|KUP|UDI|UDE|IMP|EXP|LRM|CRS|SP2|NID|DBV)-\d{1,5}:")
_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w{0,80}\.){0,10}[A-Z]\w{0,80}(?::|$)")
_THROWN = re.compile(r"(?:[A-Za-z_]\w{0,80}\.){1,10}[A-Z]\w{0,80}(?:Exception|Error)\b")
_CHAINED = re.compile(r"During handling of|The above exception")
_LEADS = re.compile(
    r"Errors in file|ERROR at line \d+|第 ?\d+ ?行出现错误|Msg \d+, Level|消息 \d+，级别|RMAN-\d|.{0,80}:$|ORA-\d+$"
)
_BEGINS = re.compile(
    r"Traceback \(most|Exception in thread|(?:ERROR|FATAL|PANIC|WARNING|CRITICAL|错误|致命错误)\b|\[(?:ERROR|FATAL)\]"
    r"|Msg \d+, Level|panic: |Errors in file|psql:|mysql: |error: |Error: |(?:ORA|TNS|RMAN)-\d{4,5}:"
)
_APART = re.compile(
    r"panic: |(?:FATAL ERROR|fatal error|npm ERR!|错误|致命错误|告警|警告)[:：]? |(?:Normal|Warning) {2,}[A-Z]"
    r"|thread '[^'\n]{0,80}' panicked|\[(?!SQL|signal )[^\]\s:\d][^\]\s:]{0,19}\] \S"
)
_APART_FIRST = frozenset("pFfn错致告警NWt[")


def follows_time(body: str, last: str) -> bool:
    """Tell whether a line that has a time of its own goes on with the event, as stacks in a system log do."""
    if body.lstrip().startswith(_INDENTED) or body.startswith(_DEEP) or _names_detail(body):
        return _STAMPED_GOES_ON.match(body) is not None
    return body.startswith(" ") and _CHAINED.match(last) is not None


def _names_detail(body: str) -> bool:
    """Tell quickly what the pattern need not be asked: whether a word for a detail stands before the first colon."""
    colon = body.find(":", 0, _NEAR)
    if body.endswith(_DETAILS, 0, max(colon, 0)):
        return True
    wide = body.find("\uff1a", 0, _NEAR)
    return wide > 0 and body.endswith(_DETAILS, 0, wide)


def follows(body: str, last: str, *, in_trace: bool) -> bool:
    """Tell whether a line without a time goes on with an event whose last line is `last`.

    `in_trace` says that the event holds a traceback of Python, which ends with its exception.
    """
    if body.startswith("Traceback (most"):
        return _CHAINED.match(last) is not None or not in_trace
    if _GOES_ON.match(body):
        return True
    if _STACK.match(body):
        return _STACK.match(last) is not None or _LEADS.match(last) is not None
    if _THROWN.match(body):
        return not last.startswith(("\t", " ")) or in_trace
    return in_trace and last.startswith(" ") and _EXCEPTION.match(body) is not None


def announced(last: str) -> bool:
    """Tell whether a line announces that its message stands on the next one."""
    return _LEADS.match(last) is not None and not _STACK.match(last)


def stands_apart(body: str) -> bool:
    """Tell whether a line begins something of its own even right below a line that has a time."""
    return body[:1] in _APART_FIRST and _APART.match(body) is not None


def is_stack(body: str) -> bool:
    """Tell whether a line is one of a stack of codes, as Oracle prints it."""
    return _STACK.match(body) is not None


def begins(body: str) -> bool:
    """Tell whether a line begins something of its own, so that behind a blank line it goes on with nothing."""
    return _BEGINS.match(body) is not None
