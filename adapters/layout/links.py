"""Addresses in texts: what a messenger makes a link of by itself, and which of them may be live: the index's alone."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from markdown_it import MarkdownIt

URL = r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\bmailto:)[^\s<>`\"'“”‘’「」《》（），。；！？、\u200b]+"
MAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
LIVE = re.compile(rf"{URL}|{MAIL}", re.IGNORECASE)
"""What a messenger makes a link of by itself."""

_END = ".,;:!?)]}*_~|"
_UNFIT = re.compile(r"[<>|\"`\\\s]")


def is_known(url: str, links: Collection[str]) -> bool:
    """Tell whether an address is one of the index's, and one that a browser opens."""
    return url in links and url.lower().startswith(("http://", "https://"))


def address(url: str) -> str:
    """Return an address in which no character ends a link, those that would are percent-encoded."""
    return _UNFIT.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), url)


def trimmed(url: str) -> tuple[str, str]:
    """Part an address found in prose from the punctuation behind it."""
    bare = url.rstrip(_END)
    if bare.count("(") > bare.count(")") and url[len(bare) :].startswith(")"):
        bare += ")"
    return bare, url[len(bare) :]


@cache
def parser() -> MarkdownIt:
    """Return the parser of the Markdown that answers are written in; HTML in it is text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
