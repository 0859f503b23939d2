"""Turns Markdown into Slack's own mark-up, for the places that know no other: notifications, sections, modals.

What is said stays; what mrkdwn cannot show takes its nearest form: headings become bold, tables become lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.layout.links import LIVE, address, is_known, parser, trimmed
from adapters.slack.markup import mrkdwn
from adapters.slack.markup.escaping import quiet, shown
from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from markdown_it.tree import SyntaxTreeNode

_STYLES = {"strong": "*", "em": "_", "s": "~"}


def render(text: str, links: Collection[str] = ()) -> str:
    """Return Markdown as mrkdwn that pings nobody; `links` are the addresses that may be live."""
    from markdown_it.tree import SyntaxTreeNode

    tree = SyntaxTreeNode(parser().parse(texts.storable(text)))
    return _stacked(tree, links)


def _stacked(node: SyntaxTreeNode, links: Collection[str], between: str = "\n\n") -> str:
    return between.join(_block(child, links) for child in node.children)


def _block(node: SyntaxTreeNode, links: Collection[str]) -> str:
    match node.type:
        case "heading":
            words = _inline(node, links)
            shape = f"*{words}*" if words and "*" not in words else words
        case "fence" | "code_block":
            shape = "```\n" + _code(node.content.rstrip("\n")).replace("```", "`\u200b``") + "\n```"
        case "bullet_list" | "ordered_list":
            shape = _list(node, links)
        case "blockquote":
            shape = "\n".join(f"> {line}" for line in _stacked(node, links).split("\n"))
        case "table":
            rows = [row for part in node.children for row in part.children]
            shape = "\n".join(" | ".join(_inline(cell, links) for cell in row.children) for row in rows)
        case "hr":
            shape = "———"
        case _:
            shape = _inline(node, links)
    return shape


def _list(node: SyntaxTreeNode, links: Collection[str]) -> str:
    first = int(node.attrs.get("start", 1))
    lines = []
    for number, item in enumerate(node.children, first):
        lead = f"{number}. " if node.type == "ordered_list" else "• "
        lines.append(lead + _stacked(item, links, "\n").replace("\n", "\n    "))
    return "\n".join(lines)


def _inline(node: SyntaxTreeNode, links: Collection[str]) -> str:
    return "".join(_span(child, links) for child in node.children)


def _span(node: SyntaxTreeNode, links: Collection[str]) -> str:
    match node.type:
        case "text":
            return _words(node.content, links)
        case "code_inline":
            return f"`{_code(node.content).replace('`', 'ˋ')}`"
        case "softbreak" | "hardbreak":
            return "\n"
        case "strong" | "em" | "s":
            mark = _STYLES[node.type]
            return f"{mark}{_inline(node, links)}{mark}"
        case "link" | "image":
            return _link(node, links)
    return _inline(node, links)


def _link(node: SyntaxTreeNode, links: Collection[str]) -> str:
    url = str(node.attrs.get("href", node.attrs.get("src", "")))
    known = next((each for each in links if parser().normalizeLink(address(each)) == url), "")
    words = "".join(child.content for child in node.walk() if child.type in {"text", "code_inline"})
    if is_known(known, links):
        return mrkdwn.link(known, words or known)
    return f"{quiet(mrkdwn.escape(words))} ({mrkdwn.escape(shown(url))})" if words else mrkdwn.escape(shown(url))


def _words(text: str, links: Collection[str]) -> str:
    parts, last = [], 0
    for match in LIVE.finditer(text):
        url, rest = trimmed(match.group())
        live = mrkdwn.link(url, url) if is_known(url, links) else mrkdwn.escape(shown(url))
        parts += [quiet(mrkdwn.escape(text[last : match.start()])), live, mrkdwn.escape(rest)]
        last = match.end()
    return "".join([*parts, quiet(mrkdwn.escape(text[last:]))])


def _code(text: str) -> str:
    return quiet(mrkdwn.escape(text))
