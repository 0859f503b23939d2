"""What Slack's own client makes of what a person types: the escaped text, and the same as rich text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
PIECE = re.compile(
    r"(?P<token><[@#!][^<>\n]+>|<https?://[^<>\n]+>)|(?P<url>https?://[^\s<>]+)|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>\S[^*\n]*)\*(?!\w)|(?<!\w)_(?P<italic>\S[^_\n]*)_(?!\w)|(?<!\w)~(?P<strike>\S[^~\n]*)~(?!\w)"
)


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def composed(text: str) -> tuple[str, list[JSON]]:
    """Return the text and the blocks of a message; `<@U…>`, `<#C…>` and links in `text` are what they say."""
    plain, elements, end = "", [], 0
    for fence in FENCE.finditer(text):
        before = text[end : fence.start()]
        plain += _plain(before) + "```" + ("\n" if fence[0][3] == "\n" else "") + escape(fence[1]) + "```"
        elements += _sections(before)
        elements.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": fence[1]}]})
        end = fence.end()
    plain += _plain(text[end:])
    elements += _sections(text[end:])
    return plain, [{"type": "rich_text", "elements": elements}] if elements else []


def _plain(text: str) -> str:
    """Escape a text, but not the mentions and links in it."""
    parts, end = "", 0
    for match in PIECE.finditer(text):
        parts += escape(text[end : match.start()])
        parts += match[0] if match["token"] else f"<{match[0]}>" if match["url"] else escape(match[0])
        end = match.end()
    return parts + escape(text[end:])


def _sections(text: str) -> list[JSON]:
    """Return a text outside of code blocks as sections and quotes."""
    found: list[JSON] = []
    for quoted, lines in _runs(text.strip("\n").split("\n")):
        words = _words("\n".join(lines))
        if words:
            found.append({"type": "rich_text_quote" if quoted else "rich_text_section", "elements": words})
    return found


def _runs(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Group lines that are quoted, and lines that are not."""
    runs: list[tuple[bool, list[str]]] = []
    for line in lines:
        quoted = line.startswith("> ")
        if not runs or runs[-1][0] != quoted:
            runs.append((quoted, []))
        runs[-1][1].append(line.removeprefix("> "))
    return runs


def _words(text: str) -> list[JSON]:
    found: list[JSON] = []
    end = 0
    for match in PIECE.finditer(text):
        found += _text(text[end : match.start()])
        name = match.lastgroup or ""
        if name == "token":
            found.append(_token(match[0][1:-1]))
        elif name == "url":
            found.append({"type": "link", "url": match[0]})
        else:
            found.append({"type": "text", "text": match[name], "style": {name: True}})
        end = match.end()
    return found + _text(text[end:])


def _text(text: str) -> list[JSON]:
    return [{"type": "text", "text": text}] if text else []


def _token(inside: str) -> JSON:
    target, _, label = inside.partition("|")
    match target[0]:
        case "@":
            return {"type": "user", "user_id": target[1:]}
        case "#":
            return {"type": "channel", "channel_id": target[1:]}
        case "!":
            if target.startswith("!subteam^"):
                return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
            return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
