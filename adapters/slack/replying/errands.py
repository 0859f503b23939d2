"""What is done besides answering: something fixed is said, or our reply to a deleted question is removed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.replying import places
from adapters.slack.replying.delivery import KEPT_S, Delivery
from adapters.slack.replying.posting import is_closed
from adapters.slack.replying.sayings import Sayings
from bot.conversation import acknowledging
from bot.errors import MessengerBusyError, MessengerRefusedError
from bot.ports import Store

if TYPE_CHECKING:
    from adapters.slack.replying.places import Place
    from bot.types import Question, Receipt

log = logging.getLogger(__name__)

_TRYING, _DONE = b"-", b"1"


@dataclass(frozen=True, slots=True)
class Chores:
    """Says and withdraws, each once; `slack-said:<id>` in the store is `-` while and after somebody tries, then `1`."""

    delivery: Delivery
    store: Store
    sayings: Sayings

    def say(self, question: Question) -> None:
        """Say in the thread what the command in `question.text` is answered with. Raises what `SlackApi` raises.

        If the message is edited into a question, the answer takes the place of what was said.
        """
        mark = f"slack-said:{question.id}"
        is_first = self.store.add(mark, _TRYING, KEPT_S)
        if not is_first and self.store.get(mark) == _DONE:
            return
        place = places.of(question)
        try:
            ts = self._said(question, place, is_first=is_first)
            acknowledging.keep(self.store, question, place.at(ts).receipt)
        except MessengerBusyError:
            if is_first:
                self.store.delete(mark)
            raise
        except MessengerRefusedError as exc:
            if not is_closed(exc.code):
                raise
            log.info("errand %s: nothing can be said there: %s", question.id, exc.code)
        self.store.put(mark, _DONE, KEPT_S)

    def withdraw(self, question: Question, acknowledged: Receipt | None) -> None:
        """Remove every message of our reply; `acknowledged` is the one that is known. Raises what `SlackApi` raises."""
        place = places.of(question)
        known = None if acknowledged is None else places.read(acknowledged)
        if known is not None and known.ts:
            self.delivery.posting.remove(known.channel, known.ts)
        self._remove(place)
        if (moved := self.delivery.moved(place)) is not None:
            self._remove(moved)

    def _said(self, question: Question, place: Place, *, is_first: bool) -> str:
        """Post what is said, or find it where somebody tried before, and return its ts."""
        posting = self.delivery.posting
        before = [] if is_first else posting.found(place).get(1, [])
        return str(before[-1]["ts"]) if before else posting.post(place, self.sayings.of(question))

    def _remove(self, place: Place) -> None:
        try:
            found = self.delivery.posting.found(place)
        except MessengerRefusedError as exc:
            if not is_closed(exc.code):
                raise
            log.info("question %s: nothing of ours can be removed: %s", place.question, exc.code)
            return
        for messages in found.values():
            for message in messages:
                self.delivery.posting.remove(place.channel, str(message["ts"]))
