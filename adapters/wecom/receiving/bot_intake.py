"""Decides what is done about each thing that the AI bot is told, by callback and by long connection alike.

Everything that must not be lost is done before `hear` returns.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from adapters.limits import Limits
from adapters.wecom.hearing.events import Asked, Clicked, Commanded, Entered, Ignored, Rated, Refreshed
from adapters.wecom.layout import bodies, cards, tags
from adapters.wecom.layout.bodies import Body
from adapters.wecom.receiving import questions
from adapters.wecom.receiving.bot_commands import BotCommands
from adapters.wecom.streams.book import LATER, StreamBook
from adapters.wecom.streams.places import Mode, place_of, stream_of
from adapters.wecom.streams.showing import Showing
from bot import metrics
from bot import text as texts
from bot.conversation import feedback
from bot.phrases import say
from bot.ports import Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from adapters.wecom.hearing.events import Event
    from bot.types import Language

log = logging.getLogger(__name__)


How = Literal["respond", "welcome", "update"]


@dataclass(frozen=True, slots=True)
class Way:
    """How something reached us: over the long connection with a req_id, good on the connection `link` alone."""

    mode: Mode
    request: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said at once; `stream` is the one that goes on then, empty where nothing follows.

    Over the long connection a stream is shown by whoever writes there, and `body` is empty.
    """

    how: How
    body: Body = field(repr=False)
    stream: str = ""


@dataclass(frozen=True, slots=True)
class BotIntake:
    """Takes what was verified; any number of threads may call it.

    `accept` claims and queues a question and tells whether it is new.
    """

    accept: Callable[[Question], bool]
    ledger: Ledger
    store: Store
    limits: Limits
    showing: Showing
    commands: BotCommands

    @property
    def book(self) -> StreamBook:
        """Where the streams are kept."""
        return self.showing.book

    def hear(self, event: Event, way: Way) -> Heard | None:
        """Do what an event asks, and return what is said at once; None where nothing is.

        Raises what the ledger, the store and the queue raise: then it must be heard again.
        """
        match event:
            case Asked():
                return self._asked(event, way)
            case Commanded():
                return self._commanded(event, way)
            case Refreshed():
                body = self.showing.polled(event.stream)
                gone = bodies.stream(event.stream, _in_both("wecom_lost"), finished=True)
                return Heard("respond", body or gone)
            case Entered():
                return Heard("welcome", bodies.welcome(_in_both("wecom_greeting")))
            case Clicked():
                return self._clicked(event, way)
            case Rated():
                feedback.judge(self.store, "wecom", event.answer_id, event.post.user, event.vote)
            case Ignored():
                metrics.IGNORED.labels("wecom", event.reason).inc()
        return None

    def _asked(self, event: Asked, way: Way) -> Heard | None:
        language = _language(event.text or (event.quote.text if event.quote else ""))
        question = questions.asked(event, way.mode, language, **_reached(way))
        if event.is_empty:
            question = replace(question, task="say", text="empty")
        return self._take(question)

    def _commanded(self, event: Commanded, way: Way) -> Heard | None:
        about = _reached(way) | ({"response_url": event.response_url} if event.response_url else {})
        said = questions.said(event.name, event.id, event.post, way.mode, "zh", **about)
        return self._take(said)

    def _take(self, question: Question) -> Heard | None:
        """Open the stream and accept the question or errand, unless it is too much."""
        if self.ledger.find(question.id) is None:
            verdict = self.limits.verdict(question.id, f"wecom:{question.address.user}")
            if verdict != "taken":
                return self._refused(verdict, question)
        stream = stream_of(question)
        place = self.book.open(stream, place_of(question, time.time()))
        if (place.request, place.link) != (question.details.get("req_id", ""), question.details.get("link", "")):
            return None  # another delivery of it is answered on the same connection
        self._accept(question, stream)
        if question.details["mode"] == "socket":
            return Heard("respond", {}, stream)
        body = self.showing.polled(stream)
        return None if body is None else Heard("respond", body, stream)

    def _accept(self, question: Question, stream: str) -> None:
        if question.task == "answer":
            self.commands.remember(question)
            self.accept(question)
        else:
            self.accept(self.commands.errand(question, stream))

    def _refused(self, verdict: str, question: Question) -> Heard | None:
        """Tell the asker, once a minute, that it was too much."""
        if verdict == "refused" or not self.limits.may_tell(f"wecom:{question.address.user}"):
            return None
        values = {"limit": self.limits.per_minute} if verdict == "limit" else {}
        words = say(f"wecom_{verdict}", question.language, **values)
        return Heard("respond", bodies.stream(stream_of(question), words, finished=True))

    def _clicked(self, event: Clicked, way: Way) -> Heard | None:
        """Ask a human, once a question, and let the card say so; other buttons stand on no card of the bot's."""
        if event.action != "quorum_escalate":
            metrics.IGNORED.labels("wecom", "unknown button").inc()
            return None
        language = self._click(event, way)
        card = cards.asked(event.answer_id, language, task=event.task)
        return Heard("update", bodies.card_update(card))

    def _click(self, event: Clicked, way: Way) -> Language:
        entry = self.ledger.find(event.answer_id)
        about_it = entry.question if entry else None
        language = about_it.language if about_it else "zh"
        errand = questions.escalation(event.answer_id, event.post, way.mode, language, about_it)
        errand = questions.pressed(event, errand)
        stream = tags.stream(f"{errand.id}-click")
        errand = replace(errand, details={**errand.details, "via": "click", "stream": stream})
        self.book.open(stream, place_of(errand, time.time()))
        self.book.end(stream, LATER)  # there is none: what is to be said about it follows as a message
        self.accept(errand)
        return language


def _reached(way: Way) -> dict[str, str]:
    return {"req_id": way.request, "link": way.link} if way.mode == "socket" else {}


def _language(text: str) -> Language:
    """Return the language of a text, Chinese where it has no letters."""
    return texts.language(text) if any(map(str.isalpha, text)) else "zh"


def _in_both(key: str) -> str:
    """Say it in both languages to somebody of whom nothing is known."""
    return "\n\n".join([say(key, "zh"), say(key, "en")])
