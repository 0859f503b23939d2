"""Standard Markdown, as Slack's `markdown` block shows it: plain words, links, and a page's HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)


def html(text: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown, not obeyed, and images become links, as in Slack."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                child.type, child.tag, child.content = "text", "", child.content or str(child.attrs.get("src", ""))
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def links(text: str) -> list[tuple[str, str]]:
    """Return the links of a Markdown text as (label, address)."""
    found: list[tuple[str, str]] = []
    for token in _PARSER.parse(text):
        label, address = "", ""
        for child in token.children or []:
            match child.type:
                case "link_open":
                    label, address = "", str(child.attrs["href"])
                case "link_close":
                    found.append((label, address))
                    address = ""
                case "image":
                    found.append((child.content, str(child.attrs["src"])))
                case _:
                    label += child.content
    return found


def live(text: str) -> str:
    """Return the source in which Slack might look for mentions: all but code; a backslash is not trusted to help."""
    inline = [token.content for token in _PARSER.parse(text) if token.type == "inline"]
    return "\n".join(_CODE.sub("", content) for content in inline)


def plain(text: str) -> str:
    """Return what a person reads: no marks, list numbers and bullets shown, cells parted by bars."""
    page = _Page()
    for token in _PARSER.parse(text):
        page.take(token)
    return "\n".join(page.lines)


class _Page:
    """The lines so far, the lists that are open (the next number of each, 0 for bullets), and a row's cells."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._lead = ""
        self._lists: list[int] = []
        self._cells: list[str] = []

    def take(self, token: Token) -> None:
        """Add what one token shows."""
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                self._lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("o") else 0)
            case "ordered_list_close" | "bullet_list_close":
                self._lists.pop()
                self._lead = "  " * len(self._lists)
            case "list_item_open":
                number = self._lists[-1]
                self._lead = "  " * (len(self._lists) - 1) + (f"{number}. " if number else "• ")
                self._lists[-1] += bool(number)
            case "th_open" | "td_open":
                self._cells.append("")
            case "tr_close":
                self.lines.append(" | ".join(self._cells))
                self._cells = []
            case "fence" | "code_block":
                self.lines += token.content.rstrip("\n").split("\n")
            case "hr":
                self.lines.append("———")
            case "inline":
                self._words(_inline(token.children or []))

    def _words(self, words: str) -> None:
        if self._cells:
            self._cells[-1] = words
        else:
            self.lines += [self._lead + line for line in words.split("\n")]
            self._lead = "  " * len(self._lists)


def _inline(children: Sequence[Token]) -> str:
    shown = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(shown.get(child.type, child.content) for child in children)
