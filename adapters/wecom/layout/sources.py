"""The numbered sources of an answer as lines: number, title, link and place; and what each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.layout.links import address, is_known
from adapters.layout.splitting import cut, octets
from adapters.wecom.markup import quieting
from adapters.wecom.markup.rendering import DIALECTS
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.markup.dialects import Text
    from adapters.wecom.markup.rendering import Form
    from bot.types import Answer, Citation

NAME, PLACE, URL = 240, 120, 800
"""Bytes of a title, a place and an address: together they fit one message of an app."""

QUOTE = 900
"""Bytes of a passage that is quoted."""


def lines(found: Answer, form: Form) -> list[str]:
    """List the sources under their heading, which stays with the first; none for an answer that cites nothing."""
    if not found.citations:
        return []
    first, *others = (line(citation, form) for citation in found.citations)
    return [f"{heading(found, form)}\n{first}", *others]


def heading(found: Answer, form: Form) -> str:
    """Return the heading of the sources."""
    return DIALECTS[form].strong(say("sources", found.language))


def line(citation: Citation, form: Form) -> str:
    """Return one source; a document without an address is named by its path too, so that people can find it."""
    dialect = DIALECTS[form]
    name, url = _named(citation.title or citation.document), citation.url or ""
    if is_known(url, {url}) and octets(address(url)) <= URL:
        shown = dialect.link(name, url)
    elif citation.title in {"", citation.document}:
        shown = quieting.plain(name, dialect)
    else:
        shown = quieting.plain(f"{name} ({_named(citation.document)})", dialect)
    place = cut(" ".join(quieting.cleaned(citation.place).split()), PLACE, octets)
    return f"[{citation.number}] {shown}" + (f" · {quieting.plain(place, dialect)}" if place else "")


def quoted(citation: Citation, form: Form) -> list[str]:
    """Return one source and the passage as it stands in the document, nothing of which is mark-up."""
    dialect = DIALECTS[form]
    said = cut(quieting.cleaned(citation.quote).strip(), QUOTE, octets)
    return [line(citation, form), *(_quote(each, dialect) for each in said.split("\n") if each.strip())]


def _quote(text: str, dialect: Text) -> str:
    return f"> {dialect.span(text.strip()) if dialect.is_markdown else quieting.plain(text, dialect)}"


def _named(text: str) -> str:
    return cut(" ".join(quieting.cleaned(text).split()), NAME, octets)
