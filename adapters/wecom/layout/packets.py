"""The packet that whoever answers as a human gets: it calls nobody and links only to the index and the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.layout.links import address, is_known
from adapters.layout.splitting import cut, octets
from adapters.wecom.layout.pages import pages
from adapters.wecom.markup import quieting
from adapters.wecom.markup.rendering import DIALECTS
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.layout.pages import Style
    from adapters.wecom.markup.dialects import Text
    from bot.conversation.escalation import Found, Packet

NAME, URL = 240, 800
"""Bytes of a title and of an address."""


def packet(shown: Packet, style: Style) -> list[str]:
    """Lay a packet out; the question stands in it line by line as it was written, without mark-up of its own."""
    dialect, words = DIALECTS[style.form], shown.language
    title = dialect.strong(say("escalation_title", words))
    asker = shown.asker if shown.platform == "wecom" else f"{shown.platform}: {shown.asker}"
    head = f"{title}\n{say('escalation_from', words, asker=quieting.plain(asker, dialect))}"
    if is_known(shown.link, {shown.link}) and octets(address(shown.link)) <= URL:
        head += f" · {dialect.link(say('escalation_where', words), shown.link)}"
    question = "\n".join(quieting.plain(line, dialect) for line in shown.text.split("\n"))
    return pages(f"{head}\n\n{question}", [_facts(shown, dialect)], style, f"packet-{shown.id}", words)


def _facts(shown: Packet, dialect: Text) -> list[str]:
    words = shown.language
    files = ", ".join(_plain(each, dialect) for each in shown.files)
    facts = [_fact(say("escalation_files", words), files, dialect)] if files else []
    facts.append(_fact(say("escalation_searched", words), _plain(shown.searched, dialect), dialect))
    passages = [f"{dialect.bullet}{_passage(each, dialect)}" for each in shown.passages]
    none = "" if passages else say("escalation_no_passages", words)
    facts += [_fact(say("escalation_passages", words), none, dialect), *passages]
    facts.append(_fact(say("escalation_votes", words), _plain(shown.tally, dialect), dialect))
    facts += [f"{dialect.bullet}{count} × {_plain(said, dialect)}" for count, said in shown.groups]
    return [*facts, _fact(say("escalation_why", words), shown.reason, dialect)]


def _fact(name: str, value: str, dialect: Text) -> str:
    return f"{dialect.strong(name)}: {value}".rstrip()


def _passage(found: Found, dialect: Text) -> str:
    name = cut(" ".join(found.title.split()), NAME, octets)
    is_linked = is_known(found.url, {found.url}) and octets(address(found.url)) <= URL
    shown = dialect.link(name, found.url) if is_linked else quieting.plain(name, dialect)
    return f"{shown} · {_plain(found.place, dialect)}" if found.place else shown


def _plain(text: str, dialect: Text) -> str:
    return quieting.plain(cut(" ".join(text.split()), NAME, octets), dialect)
