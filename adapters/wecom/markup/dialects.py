"""The three ways in which WeCom shows what we write: an app's text, an app's Markdown, and the AI bot's Markdown.

A text knows nothing but `<a href>`. An app's Markdown knows headings, bold, links, inline code and quotes
(developer.work.weixin.qq.com/document/path/90236); the AI bot's knows lists, tables and fences too (101031). Whether a
backslash is understood is said nowhere, so none is needed: what a text must not mean is taken from it (`quieting`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.layout.links import address

if TYPE_CHECKING:
    from collections.abc import Sequence

BREAK = "\u200b"
"""A zero-width space: people do not see it, and it parts what would be read as one."""

TICK = "ˋ"
"""Looks like a backtick and marks no code."""

LINE = 400
"""Characters of one piece of inline code; a line of code that is longer becomes several."""

_TICKS = re.compile(r"`+")
_STARTS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)|(?<=\w)(?=@)", re.IGNORECASE)
_CALL = re.compile(r"<(?=@)")


class Text:
    """An app's text: everything is what it says, but an anchor. What is more, the others override."""

    is_markdown = False
    bullet = "• "
    rule = "———"
    bar = "|"

    def heading(self, _level: int, words: str) -> str:
        """Show a heading."""
        return words

    def strong(self, words: str) -> str:
        """Show what is important."""
        return words

    def stressed(self, words: str) -> str:
        """Show what is stressed."""
        return words

    def struck(self, words: str) -> str:
        """Show what does not hold any more; without marks it would."""
        return f"~~{words}~~"

    def span(self, code: str) -> str:
        """Show code within a line."""
        return self.dead(code)

    def fenced(self, code: str, _language: str) -> list[str]:
        """Show lines of code, each line by itself."""
        return [self.dead(line) for line in code.split("\n")]

    def row(self, cells: Sequence[str]) -> str:
        """Show a row of a table."""
        return " | ".join(cells)

    def under_header(self, _columns: int) -> list[str]:
        """Show what stands between a table's header and its rows."""
        return []

    def link(self, label: str, url: str) -> str:
        """Show a link that may be live; without a label it shows its address."""
        words = label.replace("<", "‹").replace(">", "›").strip() or address(url)
        return f'<a href="{address(url)}">{words}</a>'

    def dead(self, text: str) -> str:
        """Show an address, or a text in which one may stand, that must not be live."""
        return re.sub(r"<(?=/?a\b|@)", f"<{BREAK}", _STARTS.sub(BREAK, text), flags=re.IGNORECASE)


class AppMarkdown(Text):
    """An app's Markdown, a small part of the language: no lists, no fences, no tables."""

    is_markdown = True

    def heading(self, level: int, words: str) -> str:
        """Show a heading."""
        return f"{'#' * level} {words}"

    def strong(self, words: str) -> str:
        """Show what is important, unless marks inside would end it."""
        return f"**{words}**" if words.strip() == words and words and "*" not in words else words

    def span(self, code: str) -> str:
        """Show code within a line."""
        return f"`{uncalling(' '.join(code.split(chr(10)))).replace('`', TICK)}`"

    def fenced(self, code: str, _language: str) -> list[str]:
        """Show lines of code as inline code, line by line."""
        lines = [line[at : at + LINE] for line in code.split("\n") for at in range(0, max(len(line), 1), LINE)]
        return [self.span(line) if line.strip() else "" for line in lines]

    def link(self, label: str, url: str) -> str:
        """Show a link that may be live."""
        words = label.translate(_LABEL).strip() or address(url)
        return f"[{words}]({_balanced(address(url))})"

    def dead(self, text: str) -> str:
        """Show an address as inline code, which is to be read and copied but not pressed."""
        return self.span(text)


class BotMarkdown(AppMarkdown):
    """The AI bot's Markdown: lists, tables and fences are shown as such."""

    bullet = "- "
    rule = "---"
    bar = r"\|"

    def stressed(self, words: str) -> str:
        """Show what is stressed."""
        return f"*{words}*" if words.strip() == words and words and "*" not in words else words

    def span(self, code: str) -> str:
        """Show code within a line, with more backticks around it than stand in it."""
        line = uncalling(" ".join(code.split("\n")))
        ticks = "`" * _more(line, 1)
        pad = " " if line.startswith("`") or line.endswith("`") else ""
        return f"{ticks}{pad}{line}{pad}{ticks}"

    def fenced(self, code: str, language: str) -> list[str]:
        """Show lines of code between fences that are longer than any inside."""
        fence = "`" * _more(code, 3)
        return [f"{fence}{language}", *(uncalling(line) for line in code.split("\n")), fence]

    def row(self, cells: Sequence[str]) -> str:
        """Show a row of a table."""
        return f"| {' | '.join(cells)} |"

    def under_header(self, columns: int) -> list[str]:
        """Show what stands between a table's header and its rows."""
        return [f"|{' --- |' * columns}"]


_LABEL = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": TICK})


def uncalling(text: str) -> str:
    """Part what would mention somebody: `<@zhangsan>`, `<@all>`."""
    return _CALL.sub(f"<{BREAK}", text)


def _more(text: str, least: int) -> int:
    """Count one backtick more than the longest run in a text has, at least `least`."""
    return max(least, 1 + max(map(len, _TICKS.findall(text)), default=0))


def _balanced(url: str) -> str:
    """Percent-encode the parentheses of an address where they could end the link early."""
    inner = re.sub(r"\([^()]*\)", "", url)
    return url if not set("()") & set(inner) else url.replace("(", "%28").replace(")", "%29")
