"""What goes on around the making of an answer: what is known from before a crash, and what its asker sees meanwhile."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import phrases
from bot.conversation.leasing import FAILURES, Held
from bot.errors import PostponedError, QuorumError, TookTooLongError
from bot.ports import Messenger
from bot.types import Question, Receipt

if TYPE_CHECKING:
    from bot.conversation.answers import AnswerBook
    from bot.types import Answer, Entry, Progress

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """Shows how far an answer is in place of its acknowledgement, for as long as the conversation is ours."""

    question: Question
    messenger: Messenger
    receipt: Receipt
    held: Held

    def __call__(self, progress: Progress) -> None:
        """Show it; progress is a courtesy, so that a platform that is down is only logged.

        Raises `PostponedError` when the conversation went to another worker while this was shown, because it may hide
        that worker's answer: whoever catches it shows the answer again.
        """
        if not self.held.sure:  # whoever took over may have shown the answer, which this would hide
            return
        key = "stage_tally" if progress.drawn else f"stage_{progress.stage}"
        said = phrases.say(key, self.question.language, agreeing=progress.agreeing, drawn=progress.drawn)
        try:
            self.messenger.progress(self.receipt, said)
        except TookTooLongError:
            raise
        except QuorumError as exc:
            log.info("question %s: progress not shown: %s", self.question.id, type(exc).__name__)
        if self._is_taken_over():
            message = f"question {self.question.id} was taken over by another worker"
            raise PostponedError(1.0, message)

    def _is_taken_over(self) -> bool:
        """Ask whether the conversation is another worker's, unless it cannot be; false when nobody can say."""
        try:
            return not self.held.sure and not self.held.confirm()
        except FAILURES:  # whoever posts the answer asks again
            return False


def recorded(book: AnswerBook, entry: Entry) -> tuple[Answer | None, QuorumError | None]:
    """Return the answer that a worker made before it died; a failure only if it was still to be shown.

    One that was opened again after a failure is tried afresh, however many attempts that takes.
    """
    answer = book.load(entry.question.id)
    if answer is None or answer.outcome != "failed":
        return answer, None
    if entry.state != "answered":
        return None, None
    return answer, QuorumError(f"Question {entry.question.id} failed, and the worker that knew why died.")
