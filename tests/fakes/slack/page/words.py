"""Slack's own mark-up and rich text as HTML; nothing of what was written reaches the page unescaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from tests.fakes.slack.reading import CODE, FENCE, MARKS, TOKEN, decoded, token

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

Names = Callable[[str], str]
"""Returns how a person, a group or a conversation is called."""
TAGS = {"*": "b", "_": "i", "~": "s"}
SAFE = ("http://", "https://", "mailto:")


def wrapped(tag: str, inner: str) -> Markup:
    """Return something within an element."""
    return Markup("<{0}>{1}</{0}>").format(tag, inner)


def link(address: str, label: str) -> Markup:
    """Return a link, or only its label where the address is no web address."""
    if not address.startswith(SAFE):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, label)


def mrkdwn(text: str, names: Names) -> Markup:
    """Return Slack's mark-up as HTML."""
    kept: list[Markup] = []

    def keep(piece: Markup) -> str:
        kept.append(piece)
        return f"\x00{len(kept) - 1}\x00"

    def code(kind: str) -> Callable[[re.Match[str]], str]:
        return lambda match: keep(wrapped(kind, decoded(match[1])))

    bare = CODE.sub(code("code"), FENCE.sub(code("pre"), text))
    bare = TOKEN.sub(lambda match: keep(_token(match[1], names)), bare)
    bare = MARKS.sub(lambda match: _open(keep, match), bare)
    whole = str(escape(decoded(bare))).replace("\n", "<br>")
    return Markup(_unpack(whole, kept).replace("<br><pre>", "<pre>"))  # noqa: S704 - escaped


def _open(keep: Callable[[Markup], str], match: re.Match[str]) -> str:
    tag = TAGS[match[1]]
    return keep(Markup("<{}>").format(tag)) + match[2] + keep(Markup("</{}>").format(tag))


def _unpack(text: str, kept: list[Markup]) -> str:
    while "\x00" in text:
        text = re.sub("\x00(\\d+)\x00", lambda match: str(kept[int(match[1])]), text)
    return text


def _token(inside: str, names: Names) -> Markup:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#", "!")):
        name = names(target.lstrip("@#!").removeprefix("subteam^"))
        shown = token(inside) if label or target.startswith("!") else ("#" if target.startswith("#") else "@") + name
        return Markup('<span class="mention">{}</span>').format(shown)
    return link(decoded(target), decoded(label) or decoded(target).removeprefix("mailto:"))


def rich(element: JSON, names: Names) -> Markup:
    """Return one part of a rich text as HTML."""
    inner = Markup("").join(rich(each, names) for each in element.get("elements", []))
    match element.get("type"):
        case "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format(inner)
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(inner)
        case "rich_text_list":
            items = [Markup("<li>{}</li>").format(rich(each, names)) for each in element["elements"]]
            kind = "ol" if element.get("style") == "ordered" else "ul"
            return wrapped(kind, Markup("").join(items))
        case "rich_text_section" | "rich_text":
            return Markup('<div class="words">{}</div>').format(inner)
    return _styled(_word(element, names), element.get("style") or {})


def _word(word: JSON, names: Names) -> Markup:
    match word.get("type"):
        case "text":
            return escape(word["text"])
        case "link":
            return link(str(word["url"]), str(word.get("text") or word["url"]))
        case "emoji":
            return escape(f":{word['name']}:")
        case "channel":
            return Markup('<span class="mention">#{}</span>').format(names(str(word["channel_id"])))
        case "user" | "usergroup" | "broadcast":
            who = str(word.get("user_id") or word.get("usergroup_id") or word.get("range"))
            return Markup('<span class="mention">@{}</span>').format(names(who))
    return escape(word.get("fallback") or word.get("value") or "")


def _styled(words: Markup, style: JSON) -> Markup:
    for name, tag in {"bold": "b", "italic": "i", "strike": "s", "code": "code"}.items():
        if style.get(name):
            words = wrapped(tag, words)
    return words
