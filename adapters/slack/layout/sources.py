"""The numbered sources of an answer, as lines of mrkdwn: number, title, link and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.layout import splitting
from adapters.layout.graphemes import INVISIBLE
from adapters.layout.links import address, is_known
from adapters.slack.markup import escaping, mrkdwn
from bot.phrases import say

if TYPE_CHECKING:
    from bot.types import Answer, Citation

NAME = 150
PLACE = 80
URL = 1_500
"""Characters of a title, a place and an address: together they fit a section however much is escaped in them."""

SECTIONS = 2
"""Sections of sources in one message; the modal shows them all."""


def lines(found: Answer) -> list[str]:
    """List the sources under their heading; none for an answer that cites nothing."""
    if not found.citations:
        return []
    return [f"*{say('sources', found.language)}*", *(line(citation) for citation in found.citations)]


def line(citation: Citation) -> str:
    """Return one source; a document without an address is named by its path too, so that people can find it."""
    name = splitting.cut(_plain(citation.title or citation.document), NAME)
    is_linked = bool(citation.url) and len(mrkdwn.escape(address(citation.url or ""))) <= URL
    if citation.url and is_linked and is_known(citation.url, {citation.url}):
        shown = mrkdwn.link(citation.url, name)
    elif citation.title in {"", citation.document}:
        shown = mrkdwn.escape(name)
    else:
        shown = mrkdwn.escape(f"{name} ({splitting.cut(_plain(citation.document), NAME)})")
    place = f" · {mrkdwn.escape(splitting.cut(_plain(citation.place), PLACE))}" if citation.place else ""
    return f"[{citation.number}] {shown}{place}"


def sections(found: Answer, limit: int) -> list[str]:
    """Lay the sources out in a few texts of at most `limit` units, and say how many found no room."""
    texts = splitting.packed(lines(found), limit)
    left = sum(text.count("\n") + 1 for text in texts[SECTIONS:])
    return texts[:SECTIONS] + ([say("slack_sources_more", found.language, count=left)] if left else [])


def _plain(text: str) -> str:
    """Return a name on one line, calling nobody and without characters that nobody sees."""
    return escaping.quiet(" ".join(INVISIBLE.sub("", text).split()))
