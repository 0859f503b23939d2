"""The whole worker: bytes in, an answer delivered, the ledger told. Every dispatcher runs this same function."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from bot import phrases
from bot.errors import QuorumError
from bot.ports import Answerer, Ledger, Messenger
from bot.types import Answer, Platform, Question

if TYPE_CHECKING:
    from bot.types import Receipt

log = logging.getLogger(__name__)

_QUESTION = TypeAdapter(Question)


def encode(question: Question) -> bytes:
    """Serialise a question for a queue."""
    return _QUESTION.dump_json(question)


@dataclass(frozen=True, slots=True)
class Handler:
    """Answers one payload at a time; safe to call from several threads and to call twice with one payload."""

    bot: Answerer
    ledger: Ledger
    messengers: Mapping[Platform, Messenger]

    def __call__(self, payload: bytes, last_try: bool) -> None:  # noqa: FBT001 - the dispatcher's one signature
        """Answer the question in `payload`, deliver, and record.

        A retryable error is re-raised unless this is the last try; then the asker gets a plain failure message with
        a reference and the error is raised all the same, for the dispatcher to count.
        """
        question = _QUESTION.validate_json(payload)
        entry = self.ledger.find(question.id)
        if entry is not None and entry.state in {"delivered", "failed", "cancelled"}:
            return
        messenger = self.messengers[question.address.platform]
        receipt = entry.receipt if entry is not None else None
        if receipt is None:
            receipt = messenger.find_reply(question) or messenger.acknowledge(question)
        self.ledger.advance(question.id, "working", receipt)
        started = time.perf_counter()
        answer = self._answer(question, receipt, last_try)
        messenger.deliver(receipt, answer)
        self.ledger.advance(question.id, "delivered", receipt)
        _log(question, answer.outcome, started)

    def _answer(self, question: Question, receipt: Receipt, last_try: bool) -> Answer:  # noqa: FBT001 - as above
        started = time.perf_counter()
        try:
            return self.bot.answer(question)
        except Exception as exc:
            if getattr(exc, "retryable", False) and not last_try:
                raise
            self.messengers[question.address.platform].deliver(receipt, failure(question))
            self.ledger.advance(question.id, "failed", receipt)
            _log(question, "failed", started)
            if isinstance(exc, QuorumError):
                raise
            message = (
                f"Question {question.id} failed with {type(exc).__name__} at {_place(exc)}. Report it with this line."
            )
            raise QuorumError(message) from exc


def failure(question: Question) -> Answer:
    """Make the plain message that people see when nothing more can be tried."""
    text = phrases.say("failed", question.language, reference=question.id)
    return Answer(question.id, question.id, "failed", text, question.language)


def _place(error: Exception) -> str:
    """Name the line that raised: all that can be told of an unforeseen error without its text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _log(question: Question, outcome: str, started: float) -> None:
    seconds = time.perf_counter() - started
    log.info("question %s platform %s outcome %s in %.3f s", question.id, question.address.platform, outcome, seconds)
