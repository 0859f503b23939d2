"""Asks a human: one packet a question to the helpdesk, wherever that is, and a word about it to whoever asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.layout import blocks
from adapters.slack.replying import places
from adapters.slack.replying.posting import Posting
from bot.conversation import escalation
from bot.conversation.answers import AnswerBook
from bot.conversation.escalation import KEPT_S, Handovers, Helpdesk
from bot.errors import MessengerBusyError, MessengerRefusedError
from bot.phrases import say
from bot.ports import Ledger, Store
from bot.types import Answer, Entry, Question

if TYPE_CHECKING:
    from adapters.slack.layout.blocks import Reply
    from adapters.slack.replying.places import Place
    from bot.conversation.escalation import Packet

log = logging.getLogger(__name__)

_TRYING, _DONE = b"-", b"1"


@dataclass(frozen=True, slots=True)
class Case:
    """What an errand is about: the question as it was last worded, its answer and its row, as far as they are kept."""

    errand: Question
    question: Question
    answer: Answer | None
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Escalating:
    """Runs the errand `escalate`; without a helpdesk the asker is told that there is none."""

    api: SlackApi
    us: Identifying
    store: Store
    ledger: Ledger
    book: AnswerBook
    helpdesk: Helpdesk | None

    @property
    def posting(self) -> Posting:
        """What posts, finds and edits our messages."""
        return Posting(self.api, self.us)

    def run(self, errand: Question) -> None:
        """Hand over the question that the errand names, and tell its asker; twice does it once.

        Where there is no helpdesk, or it is closed to us, the asker is told so. Raises what `SlackApi`, the helpdesk
        and stores raise, and `PostponedError` while another errand hands the same question over.
        """
        case = self._case(errand)
        said, by = self._handed_over(case)
        if by == errand.id or errand.details.get("response_url"):
            self._tell(case, said)
        if said == "escalation_done":
            self._mark(case)

    def _case(self, errand: Question) -> Case:
        """Find out what was asked: the newest version of an edited question, or the errand's own text."""
        about = errand.details.get("question", "")
        entry = self.ledger.find(about) if about else None
        if entry is not None:
            newest = self.store.get(f"slack-latest:{entry.question.reply_id}")
            entry = (self.ledger.find(newest.decode()) if newest else None) or entry
            about = entry.question.id
        answer = self.book.load(about) if about else None
        if entry is not None:
            return Case(errand, entry.question, answer, entry)
        asker = errand.details.get("asker") or errand.address.user
        question = replace(errand, id=about or errand.id, address=replace(errand.address, user=asker))
        return Case(errand, question, answer, None)

    def _handed_over(self, case: Case) -> tuple[str, str]:
        """See to it that the packet is at the helpdesk; return what to say, and which errand says it."""

        def made() -> Packet:
            return escalation.packet(case.question, case.answer, link=self._permalink(case.question))

        return escalation.hand_over(Handovers(self.store), self.helpdesk, case.question.reply_id, case.errand.id, made)

    def _permalink(self, question: Question) -> str:
        """Return the address of the asking message; none for a question that only its asker sees."""
        address = question.address
        if not address.message:
            return ""
        try:
            found = self.api.call("chat.getPermalink", channel=address.conversation, message_ts=address.message)
        except MessengerRefusedError as exc:
            log.info("question %s has no permalink: %s", question.id, exc.code)
            return ""
        return str(found.get("permalink") or "")

    def _tell(self, case: Case, said: str) -> None:
        """Tell whoever wants a human what came of it, once: in the thread, or as privately as they were answered."""
        errand = case.errand
        reply = blocks.notice(say(said, errand.language))
        try:
            if url := errand.details.get("response_url"):
                self._answer_click(case, url, reply, said)
            elif (place := _place(case)).thread:
                self._once(errand, reply, place)
            else:
                self._whisper(errand, reply)
        except MessengerRefusedError as exc:
            log.info("errand %s: nothing can be said there: %s", errand.id, exc.code)

    def _answer_click(self, case: Case, url: str, reply: Reply, said: str) -> None:
        """Change the message that only its reader sees, which has the same effect however often it is done."""
        if said == "escalation_done" and case.answer is not None:
            shown = blocks.answer(case.answer, escalated=True)[-1]
            body: dict[str, object] = {"replace_original": True, "text": shown.text, "blocks": list(shown.blocks)}
        else:
            body = {"replace_original": False, "text": reply.text, "blocks": list(reply.blocks)}
        self.api.respond(url, {"response_type": "ephemeral", **body})

    def _once(self, errand: Question, reply: Reply, place: Place) -> None:
        mark = f"slack-said:{errand.id}"
        is_first = self.store.add(mark, _TRYING, KEPT_S)
        if not is_first and self.store.get(mark) == _DONE:
            return
        try:
            if is_first or not self.posting.found(place):
                self.posting.post(place, reply)
        except MessengerBusyError:
            if is_first:
                self.store.delete(mark)
            raise
        self.store.put(mark, _DONE, KEPT_S)

    def _whisper(self, errand: Question, reply: Reply) -> None:
        """Tell one person alone; where a reply to that was lost, it is not told twice."""
        mark = f"slack-said:{errand.id}"
        if not self.store.add(mark, _DONE, KEPT_S):
            return
        where = {"channel": errand.address.conversation, "user": errand.address.user}
        try:
            self.api.call("chat.postEphemeral", **where, text=reply.text, blocks=list(reply.blocks))
        except MessengerBusyError:
            self.store.delete(mark)
            raise

    def _mark(self, case: Case) -> None:
        """Let the answer say that a human was asked, in place of the button that asks one."""
        if case.answer is None or case.errand.details.get("response_url"):
            return
        parts = blocks.answer(case.answer, escalated=True)
        try:
            channel, ts = self._last_message(case, len(parts))
            if ts:
                self.posting.update(channel, ts, parts[-1])
        except MessengerRefusedError as exc:
            log.info("question %s: the button stays under its answer: %s", case.question.id, exc.code)

    def _last_message(self, case: Case, number: int) -> tuple[str, str]:
        """Return where the message with the buttons stands: where one was pressed, else the last of our reply."""
        if clicked := case.errand.details.get("clicked"):
            return case.errand.address.conversation, clicked
        if case.entry is None or case.entry.receipt is None:
            return "", ""
        place = places.read(case.entry.receipt)
        if number == 1 or not place.ts:
            return place.channel, place.ts
        found = self.posting.found(place).get(number) or [{}]
        return place.channel, str(found[-1].get("ts") or "")


def _place(case: Case) -> Place:
    """Return the thread in which the asker is told: where a button was pressed, else where the question was asked."""
    was_clicked = bool(case.errand.details.get("clicked"))
    return replace(places.of(case.errand if was_clicked else case.question), question=case.errand.id)
