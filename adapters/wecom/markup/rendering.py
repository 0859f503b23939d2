"""Turns the Markdown of our answers into what WeCom shows; what is said stays, in the nearest form that there is."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from adapters.layout.links import address, is_known
from adapters.wecom.markup import quieting
from adapters.wecom.markup.dialects import AppMarkdown, BotMarkdown, Text
from adapters.wecom.markup.quieting import Aside

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

Form = Literal["text", "markdown", "bot"]
"""An app's text, an app's Markdown, the AI bot's Markdown."""

DIALECTS: Mapping[Form, Text] = {"text": Text(), "markdown": AppMarkdown(), "bot": BotMarkdown()}

_LANGUAGE = re.compile(r"[\w+#.-]{0,20}")
_INDENT = "\n    "


def render(text: str, form: Form, links: Collection[str] = ()) -> str:
    """Return Markdown in one of WeCom's forms; nobody is mentioned, and only addresses among `links` are live."""
    from markdown_it.tree import SyntaxTreeNode

    dialect, aside = DIALECTS[form], Aside()
    tree = SyntaxTreeNode(_parser().parse(quieting.cleaned(text)))
    said = _Page(dialect, aside, links).stacked(tree)
    return quieting.quieted(said, aside, dialect, links)


@cache
def _parser() -> MarkdownIt:
    """Return the parser of answers, in which `[1]` is a source's number whatever `[1]: …` says elsewhere."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("reference")


class _Page:
    """One text on its way into one dialect."""

    def __init__(self, dialect: Text, aside: Aside, links: Collection[str]) -> None:
        self._dialect, self._aside = dialect, aside
        normal = _parser().normalizeLink
        self._known = {normal(address(url)): url for url in links if is_known(url, links)}

    def stacked(self, node: SyntaxTreeNode, between: str = "\n\n", *, within: bool = False) -> str:
        """Show the blocks of a node one under the other; `within` a quote there are no fences."""
        return between.join(self._block(child, within=within) for child in node.children)

    def _block(self, node: SyntaxTreeNode, *, within: bool) -> str:
        match node.type:
            case "heading":
                said = self._dialect.heading(int(node.tag[1:]), self._inline(node))
            case "fence" | "code_block":
                said = self._code(node, within=within)
            case "bullet_list" | "ordered_list":
                said = self._list(node, within=within)
            case "blockquote":
                lines = self.stacked(node, within=True).split("\n")
                said = "\n".join(f"> {line}".rstrip() for line in lines)
            case "table":
                said = self._table(node)
            case "hr":
                said = self._dialect.rule
            case _:
                said = self._inline(node)
        return said

    def _code(self, node: SyntaxTreeNode, *, within: bool) -> str:
        found = _LANGUAGE.match(node.info.strip()) if node.type == "fence" else None
        dialect = DIALECTS["markdown"] if within and self._dialect.is_markdown else self._dialect
        lines = dialect.fenced(node.content.rstrip("\n"), found.group() if found else "")
        return "\n".join(self._aside.keep(line) if line else "" for line in lines)

    def _list(self, node: SyntaxTreeNode, *, within: bool) -> str:
        first, lines = int(node.attrs.get("start", 1)), []
        for number, item in enumerate(node.children, first):
            lead = f"{number}. " if node.type == "ordered_list" else self._dialect.bullet
            said = self.stacked(item, "\n", within=within)
            if item.children and item.children[0].type in {"fence", "code_block"}:
                said = f"\n{said}"
            lines.append((lead + said.replace("\n", _INDENT)).rstrip())
        return "\n".join(lines)

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        cells = [[self._cell(cell) for cell in row.children] for row in rows]
        lines = [self._dialect.row(row) for row in cells]
        return "\n".join([*lines[:1], *self._dialect.under_header(len(cells[0])), *lines[1:]])

    def _cell(self, node: SyntaxTreeNode) -> str:
        return self._aside.replace(self._inline(node), "|", self._dialect.bar)

    def _inline(self, node: SyntaxTreeNode) -> str:
        return "".join(self._span(child) for child in node.children)

    def _span(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text":
                said = node.content
            case "code_inline":
                said = self._aside.keep(self._dialect.span(node.content))
            case "softbreak" | "hardbreak":
                said = "\n"
            case "link" | "image":
                said = self._link(node)
            case _:
                said = self._styled(node.type, self._inline(node))
        return said

    def _styled(self, kind: str, words: str) -> str:
        match kind:
            case "strong":
                return self._dialect.strong(words)
            case "em":
                return self._dialect.stressed(words)
            case "s":
                return self._dialect.struck(words)
        return words

    def _link(self, node: SyntaxTreeNode) -> str:
        """Show a link that is known as one, any other as its words and its address."""
        url = str(node.attrs.get("href", node.attrs.get("src", "")))
        words = " ".join("".join(n.content for n in node.walk() if n.type in {"text", "code_inline"}).split())
        if url in self._known:
            return self._aside.keep(self._dialect.link(words, self._known[url]))
        if not url:
            return words
        dead = self._aside.keep(self._dialect.dead(url))
        return f"{words} ({dead})" if words not in {"", url} else dead
