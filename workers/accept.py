"""Taking a question in: claim it in the ledger, then queue it, and only then tell the platform that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import Dispatcher, Ledger
from bot.types import FINISHED
from workers.handler import encode

if TYPE_CHECKING:
    from bot.types import Question


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The `accept` that adapters are given."""

    ledger: Ledger
    dispatcher: Dispatcher

    def __call__(self, question: Question) -> bool:
        """Claim and queue the question; False when it was claimed before.

        A repetition of a question that is not finished is queued again, since the first delivery may have died between
        the two; the handler answers it once all the same. Raises `StoreUnavailableError` or `QueueUnavailableError`,
        upon which the platform must be told to deliver again.
        """
        fresh = self.ledger.open(question)
        if not fresh:
            entry = self.ledger.find(question.id)
            if entry is None or entry.state in FINISHED:
                return False
        self.dispatcher.submit(encode(question))
        return fresh
