"""Slack as a `Messenger`: acknowledges in the thread, shows progress and the answer there, and runs errands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from adapters.slack.hearing.classifying import classify
from adapters.slack.hearing.events import Asked
from adapters.slack.layout import blocks
from adapters.slack.layout.blocks import Reply
from adapters.slack.receiving import questions
from adapters.slack.replying import places
from adapters.slack.replying.delivery import Delivery
from adapters.slack.replying.errands import Chores
from adapters.slack.replying.pacing import Pacing
from adapters.slack.replying.posting import Posting, is_closed
from adapters.slack.replying.responding import Responding
from adapters.slack.replying.sayings import Sayings
from bot import text as texts
from bot.conversation import acknowledging
from bot.errors import ConfigurationError, MessengerRefusedError, MessengerUnavailableError
from bot.phrases import say
from bot.types import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.calling.client import SlackApi
    from adapters.slack.calling.identity import Identifying
    from bot.ports import Store
    from bot.types import Answer, Receipt

log = logging.getLogger(__name__)


def _helping(question: Question) -> Reply:
    return blocks.helping(question.language)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a Slack messenger leaves to others: reading what belongs to a question, asking a human, listing documents.

    `gather` returns the question with its files and its thread read; `escalate` runs an errand of that name, twice
    once; `sources` replies to that command in a message with the collections that its author may see.
    """

    gather: Callable[[Question], Question]
    escalate: Callable[[Question], None]
    sources: Callable[[Question], Reply] = _helping


class SlackMessenger:
    """A `Messenger` with `Errands`. All methods raise what stores raise, and all but `progress` what `SlackApi` raises.

    It is meant to stand behind `AcknowledgingOnce`, which looks for our own message after a reply was lost.
    """

    def __init__(self, api: SlackApi, us: Identifying, store: Store, hooks: Hooks) -> None:
        """Use one store among all processes."""
        self._us, self._store, self._hooks = us, store, hooks
        self._posting = Posting(api, us)
        self._delivery = Delivery(self._posting, store)
        self._responding = Responding(api, store)
        self._pacing = Pacing(store)
        self._chores = Chores(self._delivery, store, Sayings(hooks.sources))

    def to_question(self, payload: Mapping[str, Any]) -> Question | None:
        """Read a question that is addressed to us; whether we take part in a thread is not asked here."""
        event = classify(payload, self._us.ours().ourselves)
        if not isinstance(event, Asked) or event.is_empty:
            return None
        return questions.asked(event, texts.language(event.text))

    def gather(self, question: Question) -> Question:
        """Return the question with what belongs to it."""
        return self._hooks.gather(question)

    def acknowledge(self, question: Question) -> Receipt:
        """Say in the thread that the question arrived; nothing is said to `/ask`, or where we may not write."""
        place = places.of(question)
        if question.details.get("via") == "command":
            return replace(place, url=self._responding.keep(question)).receipt
        try:
            working = "unaided_working" if question.task == "compare" else "working"
            ts = self._posting.post(place, blocks.progress(say(working, question.language)))
        except MessengerRefusedError as exc:
            if not is_closed(exc.code):
                raise
            log.info("question %s is not acknowledged: %s", question.id, exc.code)
            return place.receipt
        return place.at(ts).receipt

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is, if there is a turn for it; whatever Slack says to that is let be."""
        place = places.read(receipt)
        if not place.ts or not self._pacing.takes(place.channel, place.ts):
            return
        try:
            self._posting.update(place.channel, place.ts, blocks.progress(text))
        except (MessengerUnavailableError, MessengerRefusedError) as exc:
            log.info("question %s: progress not shown: %s", place.question, exc)

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer in place of the acknowledgement, or directly to the asker where the place is closed to us."""
        place = places.read(receipt)
        if not place.url:
            return self._delivery.deliver(place, answer).receipt
        if self._responding.deliver(place, answer):
            return receipt
        return self._delivery.directly(replace(place, url=""), answer).receipt

    def find_reply(self, question: Question) -> Receipt | None:
        """Look in the thread for the message that acknowledges the question; None where we may not even look."""
        place = places.of(question)
        if question.details.get("via") == "command":
            return None
        try:
            found = self._posting.found(place).get(1)
        except MessengerRefusedError as exc:
            if not is_closed(exc.code):
                raise
            return None
        return place.at(str(found[-1]["ts"])).receipt if found else None

    def run(self, question: Question) -> None:
        """Do an errand. Raises `ConfigurationError` for an unknown one."""
        match question.task:
            case "say":
                self._chores.say(question)
            case "withdraw":
                self._chores.withdraw(question, acknowledging.kept(self._store, question))
            case "escalate":
                self._hooks.escalate(question)
            case _:
                message = f"Question {question.id} asks to {question.task!r}, which is no errand."
                raise ConfigurationError(message)
