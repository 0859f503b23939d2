"""Slack's own mark-up, both ways: what came in it as plain text, and plain text escaped for it.

Three characters are escaped, `&`, `<` and `>`, and decoded once; everything else of Slack's stands in `<…>`
(docs.slack.dev, "Formatting message text").
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from adapters.layout.links import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OURS = "\ufdd0"
"""Stands where somebody mentions us, until `reading` strips it; Unicode keeps this character out of all texts."""

NOBODY: Mapping[str, str] = MappingProxyType({})

_MARKED = re.compile(r"```(?P<block>.+?)```|`(?P<span>[^`\n]+)`|<(?P<token>[^<>]+)>", re.DOTALL)
_TOKEN = re.compile(r"<([^<>]+)>")
_NAMED = re.compile(r"<(?:[@#]|!subteam\^)([A-Z0-9]+)\|([^<>|]+)>")
_TICKS = re.compile(r"`+")
_SCHEME = re.compile(r"^(?:https?://|mailto:)")


def escape(text: str) -> str:
    """Escape what Slack would take for its own mark-up; `unescape` is the way back."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Decode Slack's three entities, each once: `&amp;lt;` becomes `&lt;`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: str) -> str:
    """Return a link; its label may hold any text, the bar that would end it is replaced by its like."""
    words = escape(" ".join(label.split()).replace("|", "¦"))
    return f"<{escape(address(url))}|{words}>"


def names(text: str) -> dict[str, str]:
    """Return the names that stand beside the ids of people, groups and channels: `<@U1|ann>` names U1."""
    return {match[1]: unescape(match[2]).lstrip("@#") for match in _NAMED.finditer(text)}


def plain(text: str, ours: str = "", known: Mapping[str, str] = NOBODY) -> str:
    """Return mrkdwn as the text that people see, code with its marks, our own mention as `OURS`.

    `ours` is our user id, `known` names people, groups and channels by id. A mention inside code mentions nobody.
    """
    chunks, last = [""], 0
    for match in _MARKED.finditer(text):
        chunks[-1] += unescape(text[last : match.start()])
        last = match.end()
        if match["block"]:
            chunks += [fenced(_code(match["block"], known)), ""]
        elif match["span"]:
            chunks[-1] += span(_code(match["span"], known))
        else:
            is_ours = bool(ours) and match["token"].partition("|")[0] == f"@{ours}"
            chunks[-1] += OURS if is_ours else token(match["token"], known)
    chunks[-1] += unescape(text[last:])
    return stacked(chunks)


def token(inside: str, known: Mapping[str, str] = NOBODY) -> str:
    """Return what people see of `<inside>`: a name, a link with its address, a date."""
    target, _, label = inside.partition("|")
    label = unescape(label)
    if target.startswith("!date^"):
        return label
    if target.startswith(("@", "#", "!")):
        name = target[1:].removeprefix("subteam^")
        return ("#" if target.startswith("#") else "@") + (label or known.get(name, name)).lstrip("@#")
    return linked(unescape(target), label)


def linked(url: str, label: str) -> str:
    """Return a link as text: both, or one where the label is the address that Slack made a link of."""
    bare = _SCHEME.sub("", url).rstrip("/")
    if not label or label.rstrip("/") in {bare, url.rstrip("/")}:
        return label or url.removeprefix("mailto:")
    return f"{label} ({url})"


def span(code: str) -> str:
    """Mark code within a line."""
    marks = "``" if "`" in code else "`"
    return f"{marks}{code}{marks}"


def fenced(code: str) -> str:
    """Mark lines of code, with a fence that is longer than any inside."""
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(code)), default=0))
    return f"{fence}\n{code.strip(chr(10))}\n{fence}"


def stacked(chunks: Iterable[str]) -> str:
    """Stand pieces of a message one under the other, without the blank lines that Slack does not show."""
    return "\n".join(chunk.strip("\n") for chunk in chunks if chunk.strip())


def _code(text: str, known: Mapping[str, str]) -> str:
    parts = _TOKEN.split(text)
    return "".join(token(part, known) if index % 2 else unescape(part) for index, part in enumerate(parts))
