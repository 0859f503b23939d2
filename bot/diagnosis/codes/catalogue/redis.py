"""Redis: the word in capitals with which a reply of the server begins."""

from __future__ import annotations

from bot.diagnosis.codes.rules import Rule, after

_BY_THEMSELVES = (
    "NOAUTH NOPERM NOSCRIPT NOREPLICAS NOGOODSLAVE NOPROTO NOGROUP NOTBUSY WRONGTYPE WRONGPASS CROSSSLOT CLUSTERDOWN "
    "MISCONF MASTERDOWN EXECABORT BUSYKEY BUSYGROUP UNKILLABLE TRYAGAIN"
)
"""Words that mean nothing else."""

_IN_A_PHRASE = {
    "READONLY": " You can't",
    "LOADING": " Redis is",
    "OOM": " command not allowed",
    "BUSY": " Redis is",
    "MOVED": r" [0-9]{1,5} [0-9a-zA-Z.:<>-]{0,80}:[0-9]",
    "ASK": r" [0-9]{1,5} [0-9a-zA-Z.:<>-]{0,80}:[0-9]",
}
"""Words that say something else elsewhere, and how the server goes on."""


FORM = "REDIS-{}"
"""What is made of such a word."""


def _rule(word: str, tail: str) -> Rule:
    first, rest = word[:3], word[3:]
    known = rf"(?<![A-Za-z0-9_]{first}){rest}(?={tail})"
    return after("redis", FORM, first, known, strict=False, cased=True)


RULES: tuple[Rule, ...] = (
    *(_rule(word, tail) for word, tail in _IN_A_PHRASE.items()),
    *(_rule(word, "(?:[^A-Za-z0-9_-]|$)") for word in _BY_THEMSELVES.split()),
)
