"""Taking a question in: mask it, claim it in the ledger, queue it, and only then tell the platform that it arrived."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from bot.diagnosis.masking import masked_question
from bot.ports import Dispatcher, Ledger
from bot.settings import Masking
from bot.types import FINISHED, Question
from workers.handler import encode

AGAIN_S = 30.0
"""So long what was queued is in the queue for sure; Slack delivers the second and third repetition later."""

REMEMBERED = 10_000
_STRIPES = 64


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The `accept` that adapters are given.

    It remembers for `again_s` seconds what it queued: Slack tells of one mention in two events at the same time.
    """

    ledger: Ledger
    dispatcher: Dispatcher
    again_s: float = AGAIN_S
    masking: Masking = field(default_factory=Masking)
    _queued: dict[str, float] = field(default_factory=dict)
    _locks: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(_STRIPES)))

    def __call__(self, question: Question) -> bool:
        """Claim and queue the question without its secrets; False when it was claimed before.

        A repetition of a question that is not finished is queued again, since the first delivery may have died between
        the two, unless we queued it a moment ago; the handler answers it once all the same. Raises
        `StoreUnavailableError` or `QueueUnavailableError`, upon which the platform must be told to deliver again.
        """
        question = masked_question(question, self.masking)
        fresh = self.ledger.open(question)
        with self._locks[hash(question.id) % _STRIPES]:
            if fresh or self._is_wanted_again(question.id):
                self.dispatcher.submit(encode(question))
                self._remember(question.id)
        return fresh

    def _is_wanted_again(self, question_id: str) -> bool:
        if time.monotonic() - self._queued.get(question_id, -self.again_s) < self.again_s:
            return False
        entry = self.ledger.find(question_id)
        return entry is not None and entry.state not in FINISHED

    def _remember(self, question_id: str) -> None:
        self._queued.pop(question_id, None)
        self._queued[question_id] = time.monotonic()
        if len(self._queued) > REMEMBERED:
            self._queued.pop(next(iter(self._queued)), None)
