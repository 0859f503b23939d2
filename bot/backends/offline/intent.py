"""Guesses what kind of section a question asks for: cause, diagnosis, fix or risk."""

from __future__ import annotations

import re
from typing import Literal

from bot.sentences import sentences

Intent = Literal["cause", "diagnosis", "fix", "risk"]

_SECTIONS: dict[Intent, re.Pattern[str]] = {
    "cause": re.compile(r"cause|reason|why|meaning|原因|成因|含义|为什么", re.IGNORECASE),
    "diagnosis": re.compile(r"diagnos|check|verif|confirm|诊断|排查|检查|定位|确认", re.IGNORECASE),
    "fix": re.compile(
        r"fix|solution|resolution|remedy|action|workaround|what to do|处理|解决|修复|措施|办法", re.IGNORECASE
    ),
    "risk": re.compile(r"risk|warning|caution|风险|注意|警告", re.IGNORECASE),
}
_QUESTIONS: dict[Intent, re.Pattern[str]] = {
    "risk": re.compile(
        r"\b(?:safe|risk|danger|careful|warning)\w*|风险|行不行|能不能|能直接|可以直接|安全吗|后果|注意|有什么坏处",
        re.IGNORECASE,
    ),
    "diagnosis": re.compile(
        r"\b(?:diagnos\w*|check|look at|which (?:query|view|command|file)|find out|see who)\b"
        r"|\bhow (?:do|can) (?:i|we) (?:see|find|tell)\b"
        r"|查|排查|诊断|定位|怎么看|看哪|哪里看|怎样看|确认",
        re.IGNORECASE,
    ),
    "fix": re.compile(
        r"\b(?:fix|solve|resolve|what now|what (?:should|do|can|must)|how (?:do|can|should|to)|repair|recover|unlock)\b"
        r"|怎么办|怎么处理|怎么解决|如何|怎么改|怎么恢复|怎么做|处理|解决|修复|咋办|咋整|怎么弄",
        re.IGNORECASE,
    ),
    "cause": re.compile(
        r"\b(?:why|cause[sd]?|reason|what does|mean(?:s|ing)?|who|what is)\b"
        r"|为什么|为何|原因|怎么回事|什么意思|是什么|谁|咋回事",
        re.IGNORECASE,
    ),
}
_CODE = re.compile(r"\b[A-Z]{2,4}-\d{3,5}\b|\bERROR[ :]|SQLSTATE|\bret=-\d+|^\s*(?:at |\d{4}-\d\d-\d\d)", re.MULTILINE)


def spoken(question: str) -> str:
    """Return the part of a question that a person wrote, without pasted log lines; empty when all of it is a log."""
    said = [s for line in question.splitlines() for s in sentences(line) if not _CODE.search(s)]
    return "\n".join(said)


def asked(question: str) -> Intent | None:
    """Return what a question asks for, or None when it does not say."""
    return next((intent for intent, pattern in _QUESTIONS.items() if pattern.search(question)), None)


def answers(heading: str) -> Intent | None:
    """Return what a section under this heading answers, or None; `risk of the fix` is about the risk."""
    found = [intent for intent, pattern in _SECTIONS.items() if pattern.search(heading)]
    return "risk" if "risk" in found else next(iter(found), None)
