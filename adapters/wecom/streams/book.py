"""The book of streams: where each stands, how far it is, how it ended, and how much of its end people have seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.wecom.streams.places import Final, Place
from bot.ports import Store

KEPT_S = 7 * 86_400.0
LATER = "later"
"""How a stream ended whose answer follows by another way."""


@dataclass(frozen=True, slots=True)
class Look:
    """A stream as it is now: `ended` is empty, `LATER`, or the digest of the words that it ended with.

    `shown` counts the messages of `final` that people have seen. `tried` is true while and after somebody shows the
    next one and did not say how that ended.
    """

    place: Place
    said: str
    final: Final | None
    ended: str
    shown: int
    tried: bool


@dataclass(frozen=True, slots=True)
class StreamBook:
    """Keeps streams by their ids under `wecom-stream:<id>`, one key for each thing that somebody else may write.

    All methods raise `StoreUnavailableError`.
    """

    store: Store

    def open(self, stream: str, place: Place) -> Place:
        """Begin a stream, and return where it stands: where it began, or on a newer connection that asks again."""
        if self.store.add(_key(stream), place.encode(), KEPT_S):
            return place
        known = self.place(stream)
        if known is None or (place.link and place.link != known.link):
            known = replace(place, at=known.at if known else place.at)
            self.store.put(_key(stream), known.encode(), KEPT_S)
        return known

    def place(self, stream: str) -> Place | None:
        """Return where a stream stands, or None for one that is not ours."""
        kept = self.store.get(_key(stream))
        return None if kept is None else Place.decode(kept)

    def say(self, stream: str, content: str) -> None:
        """Show this much, in place of what was shown before."""
        self.store.put(_key(stream, "said"), content.encode(), KEPT_S)

    def finish(self, stream: str, final: Final) -> bool:
        """Set the last words; False where people have seen all of them already."""
        self.store.put(_key(stream, "final"), final.encode(), KEPT_S)
        return self._shown(stream, final) < total(final)

    def end(self, stream: str, how: str) -> str:
        """End a stream, once; return how it ended, which somebody else may have decided before."""
        if self.store.add(_key(stream, "ended"), how.encode(), KEPT_S):
            return how
        return self.ended(stream) or how

    def ended(self, stream: str) -> str:
        """Return how a stream ended, or nothing while it goes on."""
        return (self.store.get(_key(stream, "ended")) or b"").decode()

    def look(self, stream: str) -> Look | None:
        """Return a stream as it is now, or None for one that is not ours."""
        place = self.place(stream)
        if place is None:
            return None
        kept = self.store.get(_key(stream, "final"))
        final = None if kept is None else Final.decode(kept)
        said = "" if final else (self.store.get(_key(stream, "said")) or b"").decode()
        shown, ended = self._shown(stream, final) if final else 0, self.ended(stream)
        if final and ended == final.digest:
            shown = max(shown, under(final))  # whoever ended it may be about to say so
        tried = bool(final) and self.store.get(_key(stream, "tried")) == _part(final, shown)
        return Look(place, said, final, ended, shown, tried)

    def begin(self, stream: str, final: Final, part: int) -> None:
        """Note that one message of the last words is about to be shown."""
        self.store.put(_key(stream, "tried"), _part(final, part), KEPT_S)

    def drop(self, stream: str) -> None:
        """Note that nothing was shown after all."""
        self.store.delete(_key(stream, "tried"))

    def show(self, stream: str, final: Final, number: int) -> None:
        """Note that people have seen so many messages of the last words."""
        self.store.put(_key(stream, f"shown:{final.digest}"), str(number).encode(), KEPT_S)

    def _shown(self, stream: str, final: Final) -> int:
        return int(self.store.get(_key(stream, f"shown:{final.digest}")) or 0)


def under(final: Final) -> int:
    """Return how many of the messages a stream shows at its end: the first, and the card where there is no other."""
    return total(final) if len(final.contents) == 1 else 1


def total(final: Final) -> int:
    """Return how many messages last words are at most: a card is one more where it cannot stand under a stream."""
    return len(final.contents) + (final.card is not None)


def _key(stream: str, what: str = "") -> str:
    return f"wecom-stream:{stream}:{what}" if what else f"wecom-stream:{stream}"


def _part(final: Final | None, part: int) -> bytes:
    return f"{final.digest}:{part}".encode() if final else b""
