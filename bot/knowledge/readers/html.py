"""HTML pages: the content without navigation, as Markdown with headings, tables, code and links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.knowledge.documents import Document, Section
from bot.knowledge.readers.encoding import clean, decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
_NOISE = (
    "script, style, noscript, template, svg, iframe, canvas, button, select, nav, footer, dialog, "
    "[role=navigation], [role=banner], [role=contentinfo], [role=search], [role=menu], [aria-hidden=true], [hidden], "
    ".mw-editsection, .mw-jump-link, .navbox, .noprint, .headerlink"
)
_CONTENT = ("#mw-content-text", "main", "[role=main]", "article", "#content", "body")
_ENOUGH = 0.3
"""A content element counts when it holds this share of the page's text; else a teaser would pass for the page."""
_BLANK = re.compile(r"\n{3,}")


def read(data: bytes) -> Document:
    """Read one page; its `<title>` is the document's name where no top heading gives one."""
    from bs4 import BeautifulSoup

    text, warnings = _decoded(data)
    soup = BeautifulSoup(text, "lxml")
    name = " ".join(soup.title.get_text().split()) if soup.title else ""
    canonical = soup.select_one("link[rel=canonical][href^=http]")
    heading = soup.select_one("h1")
    title = " ".join(heading.get_text().split()) if heading else ""
    section = Section(to_markdown(soup))
    url = str(canonical["href"]) if canonical else None
    return Document((section,), title=title or name, url=url, warnings=warnings)


def to_markdown(soup: BeautifulSoup) -> str:
    """Strip what is not content and write the rest as Markdown."""
    from markdownify import MarkdownConverter

    for tag in soup.select(_NOISE):
        tag.decompose()
    for tag in soup.select("header, aside"):
        heading = tag.select_one("h1")
        if heading is None:
            tag.decompose()
        else:
            tag.replace_with(heading.extract())
    for image in soup.select("img[src^='data:']"):
        image["src"] = ""
    converter = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=False, table_infer_header=True)
    return _BLANK.sub("\n\n", clean(converter.convert_soup(_content(soup)))).strip()


def _content(soup: BeautifulSoup) -> Tag:
    whole = len(soup.get_text())
    for selector in _CONTENT:
        found = soup.select(selector)
        if len(found) == 1 and len(found[0].get_text()) >= whole * _ENOUGH:
            return found[0]
    return soup


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    declared = _DECLARED.search(data[:4_096])
    if declared:
        try:
            return clean(data.decode(declared.group(1).decode("ascii"))), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)
