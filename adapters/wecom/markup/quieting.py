"""Takes from a text what it must not mean in WeCom: a link, a mention, a tag, code that hides what follows.

What we write ourselves (known links, code) is kept aside while the rest is quieted, and put back afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.layout.graphemes import INVISIBLE
from adapters.layout.links import LIVE, is_known, trimmed
from adapters.wecom.markup.dialects import BREAK, TICK, uncalling
from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.wecom.markup.dialects import Text

OPEN, CLOSE = "\ufdd0", "\ufdd1"
"""Stand around the number of what is kept aside; Unicode keeps these characters out of all texts."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_KEPT = re.compile(rf"{OPEN}(\d+){CLOSE}")
_ANCHOR = re.compile(rf"<(?=/?a\b|[@/{OPEN}])", re.IGNORECASE)
_TAG = re.compile(rf"<(?=[a-z/!?@{OPEN}])", re.IGNORECASE)
_STARTS = re.compile(rf"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)|(?=@(?:[\w-]+\.|{OPEN}))", re.IGNORECASE)
_FENCE = re.compile(r"`(?=``)|~(?=~~)")
"""What would be taken for code where a text is split; in an app's text it marks nothing."""

_MARKS = re.compile(rf"\](?=[(:])|[!\\](?={OPEN})|~(?=~~)|&(?=(?:lt|#0*60|#x0*3c);)", re.IGNORECASE)


class Aside:
    """What was kept aside while one text is quieted."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[str] = []

    def keep(self, piece: str) -> str:
        """Keep a piece that is right as it is; return what stands for it."""
        self._pieces.append(piece)
        return f"{OPEN}{len(self._pieces) - 1}{CLOSE}"

    def replace(self, text: str, old: str, new: str) -> str:
        """Replace something in a text and in the pieces that stand in it."""
        for match in _KEPT.finditer(text):
            self._pieces[int(match[1])] = self._pieces[int(match[1])].replace(old, new)
        return text.replace(old, new)

    def restored(self, text: str) -> str:
        """Put the pieces back."""
        return _KEPT.sub(lambda match: self.restored(self._pieces[int(match[1])]), text)


def cleaned(text: str) -> str:
    """Return a text without what nobody sees, fit to be quieted."""
    bare = INVISIBLE.sub("", _CONTROL.sub("", text.replace("\r\n", "\n")))
    return texts.storable(bare).replace(OPEN, "").replace(CLOSE, "")


def quieted(text: str, aside: Aside, dialect: Text, links: Collection[str] = ()) -> str:
    """Return a text of which nothing is live but what is kept aside, and the addresses among `links`."""
    said = _STARTS.sub(BREAK, LIVE.sub(lambda match: _address(match.group(), aside, dialect, links), text))
    if dialect.is_markdown:
        said = _MARKS.sub(rf"\g<0>{BREAK}", said).replace("`", TICK)
    said = (_TAG if dialect.is_markdown else _ANCHOR).sub(f"<{BREAK}", said)
    whole = uncalling(aside.restored(said))
    return whole if dialect.is_markdown else _FENCE.sub(rf"\g<0>{BREAK}", whole)


def plain(text: str, dialect: Text) -> str:
    """Return one line of plain text, such as a title, of which nothing is live."""
    return quieted(" ".join(cleaned(text).split()), Aside(), dialect)


def _address(found: str, aside: Aside, dialect: Text, links: Collection[str]) -> str:
    said, mark, rest = found.partition(OPEN)
    url, punctuation = trimmed(said)
    if not url:
        return found
    shown = dialect.link("", url) if is_known(url, links) else dialect.dead(url)
    return aside.keep(shown) + punctuation + mark + rest
