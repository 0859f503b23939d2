"""Texts, an app's Markdown and an AI bot's as HTML; nothing of what was written reaches the page unescaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from tests.fakes.slack.markdown import html

if TYPE_CHECKING:
    from collections.abc import Callable

ANCHOR = re.compile(r"<a href=[\"']([^\"'<>]+)[\"']>([^<]*)</a>")
LINK = re.compile(r"\[([^\]\n]+)\]\(([^()\s]+)\)")
FONT = re.compile(r"<font color=[\"'](info|comment|warning)[\"']>(.*?)</font>", re.DOTALL)
BOLD, CODE = re.compile(r"\*\*([^*\n]+)\*\*"), re.compile(r"`([^`\n]+)`")
THINK = re.compile(r"\s*<think>(.*?)(?:</think>|$)", re.DOTALL)
SAFE = ("http://", "https://")


def link(address: str, label: str) -> Markup:
    """Return a link, or only its label where the address is no web address."""
    if not address.startswith(SAFE):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, label)


def text(said: str) -> Markup:
    """Return a text with line breaks, and its links as links."""
    return _pieces(said, [(ANCHOR, lambda match: link(match[1], match[2]))], _lines)


def app_markdown(said: str) -> Markup:
    """Return what an app's Markdown shows: headings, bold, links, code, quotes and three colours, and nothing else."""
    lines = []
    for line in said.split("\n"):
        heading = re.match(r"(#{1,6}) (.*)", line)
        quote = re.match(r"> ?(.*)", line)
        if heading:
            lines.append(Markup("<h3>{}</h3>").format(_inline(heading[2])))
        elif quote:
            lines.append(Markup("<blockquote>{}</blockquote>").format(_inline(quote[1])))
        else:
            lines.append(Markup("<p>{}</p>").format(_inline(line)))
    return Markup("").join(lines)


def bot_markdown(said: str) -> Markup:
    """Return what an AI bot's Markdown shows, its reasoning apart."""
    thought = THINK.match(said)
    rest = said[thought.end() :] if thought else said
    shown = Markup(html(rest))  # noqa: S704 - no HTML in it passes
    if not thought:
        return shown
    return Markup('<details class="thought"><summary>思考过程</summary>{}</details>{}').format(text(thought[1]), shown)


def _lines(plain: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in plain.split("\n"))


def _inline(line: str) -> Markup:
    return _pieces(
        line,
        [
            (FONT, lambda match: Markup('<span class="{}">{}</span>').format(match[1], _inline(match[2]))),
            (CODE, lambda match: Markup("<code>{}</code>").format(match[1])),
            (LINK, lambda match: link(match[2], match[1])),
            (BOLD, lambda match: Markup("<b>{}</b>").format(match[1])),
        ],
        escape,
    )


def _pieces(
    said: str, rules: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Markup]]], plain: Callable[[str], Markup]
) -> Markup:
    """Return a text with every match of a rule replaced, the rest plain."""
    if not rules:
        return plain(said)
    (pattern, show), *others = rules
    found, end = [], 0
    for match in pattern.finditer(said):
        found += [_pieces(said[end : match.start()], others, plain), show(match)]
        end = match.end()
    return Markup("").join([*found, _pieces(said[end:], others, plain)])
