"""Makes a Markdown text safe for Slack's `markdown` block: it pings nobody, and no link is live but those of the index.

In that block Slack reads its own `<…>` tokens beside Markdown, and shows `&lt;` as `<` without reading it again
(measured in a real workspace: github.com/PostHog/posthog/pull/95054). Whether it decodes entities inside code is not
known, so there a zero-width space stands behind a `<` that could begin a token, and nothing else changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.layout import seams
from adapters.layout.graphemes import INVISIBLE
from adapters.layout.links import LIVE, MAIL, URL, address, is_known, parser, trimmed
from bot import sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from markdown_it.token import Token

BREAK = "\u200b"
"""A zero-width space: people do not see it, and it parts what would be read as one."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TOKEN = re.compile(r"<(?=[@#!]|(?:https?|ftp|tel|slack|mailto):)", re.IGNORECASE)
_CALL = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_MARKS = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|!?\[(?P<label>(?:[^\[\]\\`]|\\.|`[^`]*`|\[[^\[\]]*\])*)\]"
    r"\(\s*(?P<target><[^<>\n]*>|(?:[^\s()\\]|\\.|\([^\s()]*\))+)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
    r"|<(?P<auto>[A-Za-z][\w+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>"
    rf"|(?P<bare>{URL}|{MAIL})"
    r"|(?P<reference>(?:(?<=\n)|(?<=^)|(?<=[>*+\-.)] ))[ ]{0,3}\[(?=[^\]\n]+\]:))"
    r"|(?P<less><)",
    re.DOTALL | re.IGNORECASE,
)


def markdown(text: str, links: Collection[str] = ()) -> str:
    """Return Markdown that is safe to send; `links` are the addresses that may be live."""
    text = seams.closed(INVISIBLE.sub("", _CONTROL.sub("", text)))
    safe = "".join(
        _hushed(block.text) if block.kind == "code" else _prose(block.text, links) for block in sentences.blocks(text)
    )
    return safe if _is_safe(safe, links) else _inert(text)


def quiet(text: str) -> str:
    """Part the words that call everybody, such as `@here`; they are live where names are linked."""
    return _CALL.sub(f"@{BREAK}", text)


def shown(url: str) -> str:
    """Return an address as inline code, which is to be read and copied but not pressed."""
    return quiet(f"`{address(url)}`")


def _hushed(code: str) -> str:
    return quiet(_TOKEN.sub(f"<{BREAK}", code))


def _prose(text: str, links: Collection[str]) -> str:
    parts, last = [], 0
    for match in _MARKS.finditer(text):
        parts += [quiet(text[last : match.start()]), _mark(match, links)]
        last = match.end()
    return "".join([*parts, quiet(text[last:])])


def _mark(match: re.Match[str], links: Collection[str]) -> str:
    found, whole = match.groupdict(), match.group()
    if found["code"]:
        return _hushed(whole)
    if found["target"]:
        return _link(_prose(found["label"], links), found["target"].strip("<>"), links)
    if found["bare"]:
        url, rest = trimmed(whole)
        return (url if is_known(url, links) else shown(url)) + rest
    if found["auto"]:
        return _link("", found["auto"], links)
    if found["reference"]:
        return whole.replace("[", r"\[")
    return {"<": "&lt;", r"\<": "&lt;", r"\@": f"@{BREAK}"}.get(whole, whole)


def _link(label: str, url: str, links: Collection[str]) -> str:
    if is_known(url, links):
        return f"[{label or url}]({address(url)})"
    return f"{label} ({shown(url)})" if label else shown(url)


def _is_safe(text: str, links: Collection[str]) -> bool:
    """Ask a real parser of Markdown whether anything but known addresses is live."""
    known = {parser().normalizeLink(address(url)) for url in links}
    return all(_is_known_or_dead(token, known, links) for token in _inner(parser().parse(text)))


def _is_known_or_dead(token: Token, known: Collection[str], links: Collection[str]) -> bool:
    if token.type == "link_open":
        return token.attrs["href"] in known
    if token.type == "text":
        return all(is_known(trimmed(match.group())[0], links) for match in LIVE.finditer(token.content))
    return token.type != "image"


def _inner(tokens: Iterable[Token]) -> Iterable[Token]:
    return (child for token in tokens for child in token.children or ())


def _inert(text: str) -> str:
    """Take the meaning from every mark that can make a link; for texts that were made to slip through."""
    dead = re.sub(r"([\[\]])", r"\\\1", text.replace("<", "&lt;"))
    return quiet(re.sub(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)|(?<=\w)(?=@)", BREAK, dead, flags=re.IGNORECASE))
