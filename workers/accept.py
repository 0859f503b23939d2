"""Taking a question in: claim it in the ledger, then queue it, and only then tell the platform that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import Dispatcher, Ledger
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

        Raises `StoreUnavailableError` or the queue's error, upon which the platform must be told to deliver again.
        """
        if not self.ledger.open(question):
            return False
        self.dispatcher.submit(encode(question))
        return True
