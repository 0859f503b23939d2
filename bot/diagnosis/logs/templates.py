"""Messages with their literals masked, so that two of one kind are equal; codes and states stay."""

from __future__ import annotations

import re

from bot.diagnosis.placeholders import unnumbered

LONGEST = 300
"""Characters of a message that tell its kind."""

_QUOTED = re.compile(
    r"\"(?:[^\"\\\n]|\\.){0,200}\"|`[^`\n]{0,200}`|(?<![A-Za-z])'[^'\n]{0,200}'(?![A-Za-z])|“[^”\n]{0,200}”"
)
_CODE_WORDS = frozenset(
    [
        "error",
        "errno",
        "errcode",
        "msg",
        "sqlstate",
        "sqlcode",
        "code",
        "exit",
        "signal",
        "http",
        "status",
        "ret",
        "level",
        "severity",
        "state",
    ]
)
"""The number behind one of these stays."""

_KEPT = re.compile(
    r"[(\[]?(?:[A-Z]{2,10}-\d{3,6}|SQL\d{4,5}[A-Z]?)\b|\([0-9A-Z]{5}\)|(?=\d+[A-Z])[0-9A-Z]{5}:$"
    r"|[\w.]{0,20}(?:code|err|errno|ret|error|status|state|level|signal|号|码)[=:：(\]]{1,2}-?\d{1,5}\b"
)
_MASKED = re.compile(
    r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<url>[a-z][a-z0-9+]{2,12}:(?:[a-z]{2,12}:)?//?[^\s,;)\]]{1,300})"
    r"|(?P<ip>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])|(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4})"
    r"|(?P<path>(?<![\w/.<])(?:/[\w.+@$%#-]{1,100}){2,20}/?|[A-Za-z]:\\\S{1,300})"
    r"|(?P<hex>0[xX][0-9a-fA-F]{2,16}|(?<![A-Za-z])(?=[0-9a-f]*[a-f])(?=[a-f]*\d)[0-9a-f]{7,64}(?![A-Za-z]))"
    r"|(?P<number>[+-]?\d{1,40}(?:[.,]\d{1,20}){0,4}%?)"
)


_LITERAL = re.compile(r"(?<!\S)[^\s\d/\\]*+[\d/\\]\S*")
_BEFORE = re.compile(r"(\w+)[:=#(),]*\s+$")
_NEAR = 16


def template(message: str) -> str:
    """Return a message with numbers, names in quotes, addresses, paths and ids replaced by what they are."""
    text = _QUOTED.sub("<quoted>", " ".join(unnumbered(message[:LONGEST]).split()))
    return _LITERAL.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    word, start = match[0], match.start()
    last = _BEFORE.search(match.string, max(0, start - _NEAR), start)
    if _KEPT.match(word) or (last and last[1].lower() in _CODE_WORDS):
        return word
    return _MASKED.sub(_name, word)


def _name(match: re.Match[str]) -> str:
    return f"<{match.lastgroup}>"
