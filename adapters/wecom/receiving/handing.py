"""Hands answers over that came too late for their streams, or do not fit them, where the AI bot has a callback.

The first message goes to the response_url, which takes one within an hour; what else there is goes by the self-built
app to whoever asked, if there is one, and says so where a group's answer comes privately. Which of the processes does
this is decided by a lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.wecom.layout import bodies
from adapters.wecom.layout.bodies import Body
from adapters.wecom.layout.pages import BOT_MARKDOWN
from adapters.wecom.streams.book import LATER, StreamBook, total
from adapters.wecom.streams.outbox import OutboxReader
from adapters.wecom.streams.showing import Showing
from bot.conversation import leasing
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError, QuorumError
from bot.phrases import say
from bot.ports import Leases, Store

if TYPE_CHECKING:
    from adapters.wecom.streams.book import Look
    from adapters.wecom.streams.places import Final, Place

log = logging.getLogger(__name__)

LEASE_S = 15.0
LOOK_S = 0.5
PAUSE_S = 5.0
"""So long a message waits for another try after WeCom could not be reached."""

GRACE_S = 10.0
"""So long after a stream's time a poll may still fetch its end; then nobody asks any more."""

URL_S = 3_600.0
"""So long a response_url takes its one message (document 101138)."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a message reaches an asker outside of a stream.

    `respond` posts to a response_url, once; `send` sends contents by the self-built app to a user under the id of what
    they answer, twice once, and is None without an app. Both raise what `WecomApi` raises.
    """

    respond: Callable[[str, Body], None]
    send: Callable[[str, str, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Handing:
    """Brings what a stream did not show to its asker, message by message."""

    showing: Showing
    store: Store
    ways: Ways

    @property
    def book(self) -> StreamBook:
        """Where the streams are kept."""
        return self.showing.book

    def step(self, stream: str) -> float | None:
        """Do what is due for a stream; return the seconds until it is to be looked at again, None when all is done.

        Raises `MessengerUnavailableError` and what stores raise.
        """
        look = self.book.look(stream)
        if look is None or look.final is None or look.place.mode != "callback":
            return None
        if look.shown >= total(look.final):
            return None
        if not look.ended:
            if abs(time.time() - look.place.at) < self.showing.stream_seconds + GRACE_S:
                return LOOK_S
            self.book.end(stream, LATER)
        self._show(stream, look, look.final)
        return 0.0

    def _show(self, stream: str, look: Look, final: Final) -> None:
        """Show the next message; one that nobody takes counts as shown, since nothing more can be done."""
        if look.shown < len(final.contents):
            try:
                content = (
                    _offering(final, look) if look.shown == len(final.contents) - 1 else final.contents[look.shown]
                )
                self._send(stream, look.place, content, f"{final.digest}:{look.shown}")
            except MessengerRefusedError as exc:
                log.error("question %s: no way to its asker is left: %s", look.place.question, exc.code)  # noqa: TRY400 - its traceback says nothing more
        self.book.show(stream, final, look.shown + 1)

    def _send(self, stream: str, place: Place, content: str, part: str) -> None:
        if place.url and self._is_ours(stream, part):
            try:
                self._respond(stream, place, content)
            except MessengerRefusedError as exc:
                log.info("question %s: its response_url is of no use: %s", place.question, exc.code)
            else:
                return
        if self.ways.send is None:
            message = f"question {place.question} has no response_url left, and there is no app"
            raise MessengerRefusedError(message, "no_way")
        why = f"{say('wecom_private', place.language)}\n\n" if place.room == "group" else ""
        self.ways.send(place.user, f"{place.question}:{part}", f"{why}{content}")

    def _is_ours(self, stream: str, part: str) -> bool:
        """Keep the response_url for the message that comes first, however often that is tried."""
        key = f"wecom-stream:{stream}:url"
        return self.store.add(key, part.encode(), 86_400.0) or self.store.get(key) == part.encode()

    def _respond(self, stream: str, place: Place, content: str) -> None:
        """Post to the response_url; a refusal after a try whose end nobody knows means that this one was taken.

        A try is noted before it is made, so that one counts whose process died; past its hour a refusal tells nothing.
        """
        key = f"wecom-stream:{stream}:url:tried"
        is_first = self.store.add(key, b"1", 86_400.0)
        try:
            self.ways.respond(place.url, bodies.message(content, BOT_MARKDOWN))
        except MessengerBusyError:
            if is_first:
                self.store.delete(key)
            raise
        except MessengerRefusedError:
            if is_first:
                self.store.delete(key)
            if is_first or abs(time.time() - place.at) >= URL_S:
                raise


def _offering(final: Final, look: Look) -> str:
    """Return the last content; where a card belonged under it, which stands under a stream alone, with words for it."""
    offer = f"\n\n{say('wecom_offer', look.place.language)}" if final.card else ""
    return f"{final.contents[-1]}{offer}"


@dataclass
class Keeper:
    """Looks after the outbox from `start` to `close`, on a thread of its own, while no other process does."""

    handing: Handing
    store: Store
    leases: Leases
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Start nothing yet."""
        self._thread = threading.Thread(target=self._run, name="quorum-wecom-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with leasing.hold(self.leases, "wecom-keeper", LEASE_S) as held:
                    if held is not None:
                        self._keep(held)
            except QuorumError as exc:
                log.warning("wecom: the outbox cannot be read: %s", type(exc).__name__)
            self._over.wait(LOOK_S * 4)

    def _keep(self, held: leasing.Held) -> None:
        """Look after every entry, those first that nobody was done with when the last one ended."""
        reader, open_entries = OutboxReader(self.store), dict[int, tuple[str, float]]()
        while held.sure and not self._over.is_set():
            while (entry := reader.next()) is not None:
                open_entries[entry[0]] = (entry[1], 0.0)
            for number, (stream, due_at) in tuple(open_entries.items()):
                if time.monotonic() < due_at:
                    continue
                pause = self._stepped(stream)
                if pause is None:
                    del open_entries[number]
                    reader.done(number)
                else:
                    open_entries[number] = (stream, time.monotonic() + pause)
            self._over.wait(LOOK_S)

    def _stepped(self, stream: str) -> float | None:
        try:
            return self.handing.step(stream)
        except MessengerUnavailableError as exc:
            log.info("wecom: an answer waits: %s", type(exc).__name__)
            return getattr(exc, "delay_s", PAUSE_S)
        except (ValueError, LookupError, TypeError) as exc:
            # An entry that cannot be read must not keep the others back.
            log.error("wecom: the answer in stream %r cannot be handed over: %s", stream, type(exc).__name__)  # noqa: TRY400 - a traceback may show its text
            return None
