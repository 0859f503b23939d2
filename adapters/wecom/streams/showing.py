"""What people are to see of a stream at a moment: how far it is, its last words, or that they follow later."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.layout import bodies
from adapters.wecom.streams.book import LATER, StreamBook, under
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.layout.bodies import Body
    from adapters.wecom.streams.book import Look
    from adapters.wecom.streams.places import Final, Place


@dataclass(frozen=True, slots=True)
class Showing:
    """Decides what a stream shows; one that is open for `stream_seconds` ends, and its answer follows another way."""

    book: StreamBook
    stream_seconds: float

    def polled(self, stream: str) -> Body | None:
        """Return what a poll is answered with, and take it for seen; None for a stream that is not ours.

        Raises `StoreUnavailableError`.
        """
        look = self.book.look(stream)
        if look is None:
            return None
        ended = look.ended
        if not ended and look.final is not None:
            ended = self.book.end(stream, look.final.digest)
            if ended == look.final.digest:
                self.book.show(stream, look.final, under(look.final))
        elif not ended and self.is_late(look.place):
            ended = self.book.end(stream, LATER)
        if ended == LATER:
            return later(stream, look.place)
        return state(stream, look) if look.final is None else last(stream, look.place, look.final)

    def is_late(self, place: Place) -> bool:
        """Tell whether a stream is open for too long; a clock that was set back makes none of them young again."""
        return abs(time.time() - place.at) >= self.stream_seconds


def state(stream: str, look: Look) -> Body:
    """Return a stream that goes on, with all of its text so far."""
    content = look.said or say("working", look.place.language)
    return bodies.stream(stream, content, finished=False, feedback=look.place.question)


def last(stream: str, place: Place, final: Final) -> Body:
    """Return a stream that ends with its last words."""
    card = dict(final.card) if final.card and len(final.contents) == 1 else None
    return bodies.stream(stream, final.contents[0], finished=True, feedback=place.question, under=card)


def later(stream: str, place: Place) -> Body:
    """Return a stream that ends without its answer, and says so."""
    return bodies.stream(stream, say("wecom_later", place.language), finished=True, feedback=place.question)
