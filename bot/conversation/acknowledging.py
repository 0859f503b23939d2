"""Acknowledging once: whoever is first, the process that took a question or the one that answers it, posts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from bot.conversation import leasing
from bot.errors import MessengerBusyError, PostponedError
from bot.ports import Errands, Leases, Messenger, Store
from bot.types import Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Answer, Question

KEPT_S = 7 * 86_400.0
LEASE_S = 15.0
"""Longer than one attempt to post takes; whoever waits for it waits no longer."""

PAUSE_S = 0.05

_RECEIPT = TypeAdapter(Receipt)
_TRYING = b"-"


@dataclass(frozen=True, slots=True)
class AcknowledgingOnce:
    """A `Messenger` before another one, whose `acknowledge` may be called by several processes and posts once.

    `ack:<reply id>` in the store is the receipt, or `-` while and after somebody tried to post and did not say how it
    ended: then our own message is looked for at the platform before another one is posted.
    """

    inner: Messenger
    store: Store
    leases: Leases

    def to_question(self, payload: Mapping[str, object]) -> Question | None:
        """Read a platform's message."""
        return self.inner.to_question(payload)

    def gather(self, question: Question) -> Question:
        """Return the question with what belongs to it."""
        return self.inner.gather(question)

    def acknowledge(self, question: Question) -> Receipt:
        """Post, or return the receipt of what was posted. Raises `PostponedError` while another one is at it."""
        until = time.monotonic() + LEASE_S
        while True:
            with leasing.hold(self.leases, f"ack:{question.reply_id}", LEASE_S) as held:
                if held is not None:
                    return self._acknowledge(question)
            if time.monotonic() > until:
                raise PostponedError(1.0, f"somebody else acknowledges question {question.id}")
            time.sleep(PAUSE_S)

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is."""
        self.inner.progress(receipt, text)

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer."""
        return self.inner.deliver(receipt, answer)

    def find_reply(self, question: Question) -> Receipt | None:
        """Return what is known of our reply without asking the platform, which allows few such calls."""
        return kept(self.store, question)

    def run(self, question: Question) -> None:
        """Do what else is asked."""
        if isinstance(self.inner, Errands):
            self.inner.run(question)

    def _acknowledge(self, question: Question) -> Receipt:
        key = _key(question)
        is_first = self.store.add(key, _TRYING, KEPT_S)
        receipt = None
        if not is_first:
            receipt = self.find_reply(question) or self.inner.find_reply(question)
        if receipt is None:
            try:
                receipt = self.inner.acknowledge(question)
            except MessengerBusyError:
                if is_first:
                    self.store.delete(key)
                raise
        keep(self.store, question, receipt)
        return receipt


def kept(store: Store, question: Question) -> Receipt | None:
    """Return the receipt of what was posted for a question, if the store knows it. Raises `StoreUnavailableError`."""
    value = store.get(_key(question))
    return None if value in {None, _TRYING} else _RECEIPT.validate_json(value or b"")


def keep(store: Store, question: Question, receipt: Receipt) -> None:
    """Remember what was posted for a question: its answer takes the place of it. Raises `StoreUnavailableError`."""
    store.put(_key(question), _RECEIPT.dump_json(receipt), KEPT_S)


def _key(question: Question) -> str:
    return f"ack:{question.reply_id}"
