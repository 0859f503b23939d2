"""Asks a human: one packet a question to the helpdesk, wherever that is, and a word about it to whoever asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.wecom.layout import answers
from adapters.wecom.replying.marking import Marking
from bot.conversation import escalation
from bot.conversation.answers import AnswerBook
from bot.conversation.escalation import Handovers, Helpdesk
from bot.phrases import say
from bot.ports import Ledger, Store

if TYPE_CHECKING:
    from adapters.wecom.replying.messenger import Replies
    from bot.types import Answer, Question


@dataclass(frozen=True, slots=True)
class Escalating:
    """Runs the errand `escalate`; without a helpdesk the asker is told that there is none.

    `marking` changes the app's cards; it is None where there is no app.
    """

    marking: Marking | None
    store: Store
    ledger: Ledger
    book: AnswerBook
    helpdesk: Helpdesk | None

    def run(self, errand: Question, replies: Replies) -> None:
        """Hand over the question that the errand names, and tell its asker; twice does it once.

        Raises what `WecomApi` and stores raise, and `PostponedError` while another errand hands the same question over.
        """
        question, answer = self._case(errand)
        said, by = escalation.hand_over(
            Handovers(self.store),
            self.helpdesk,
            question.reply_id,
            errand.id,
            lambda: escalation.packet(question, answer),
        )
        if by == errand.id:
            contents = answers.notice(say(said, errand.language), replies.style, errand.id, errand.language)
            replies.say(errand, contents)
        if said == "escalation_done" and self.marking is not None:
            self.marking.asked(errand)

    def _case(self, errand: Question) -> tuple[Question, Answer | None]:
        """Return what was asked, from its row or from the errand's own text, and its answer if it is kept."""
        about = errand.details.get("question", "")
        entry = self.ledger.find(about) if about else None
        answer = self.book.load(errand.details.get("answer") or about)
        if entry is not None:
            return entry.question, answer
        asker = errand.details.get("asker") or errand.address.user
        return replace(errand, id=about or errand.id, address=replace(errand.address, user=asker)), answer
