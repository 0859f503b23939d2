"""What people press under an answer: whether it helped, its sources, and a human."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.background import Background
from adapters.slack.calling.client import SlackApi
from adapters.slack.layout import views
from adapters.slack.receiving import questions
from adapters.slack.receiving.recents import Recents
from bot.conversation import feedback
from bot.conversation.answers import AnswerBook
from bot.ports import Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from adapters.slack.hearing.events import Clicked
    from adapters.slack.hearing.posts import Post
    from bot.types import Language


@dataclass(frozen=True, slots=True)
class Clicks:
    """Does at once what must not be lost, and the rest while Slack has its reply already.

    All methods raise what stores, ledgers and queues do.
    """

    api: SlackApi
    accept: Callable[[Question], bool]
    ledger: Ledger
    store: Store
    book: AnswerBook
    recents: Recents
    background: Background

    def press(self, event: Clicked) -> None:
        """Do what a button says."""
        match event.action:
            case "quorum_feedback":
                feedback.judge(self.store, "slack", event.answer_id, event.post.user, event.vote or 0)
            case "quorum_sources":
                self.background.do("sources", lambda: self._show_sources(event))
            case "quorum_compare":
                self.accept(self._comparison(event))
            case "quorum_escalate":
                errand = self.escalation(event.answer_id, event.post)
                self.accept(questions.pressed(event, errand))

    def escalation(self, answer_id: str, post: Post) -> Question:
        """Return the errand to ask a human about an answer, the same however often it is asked for."""
        language, about_it = self._about(answer_id, post)
        return questions.escalation(answer_id, post, language, about_it)

    def _comparison(self, event: Clicked) -> Question:
        """Return the question again, to be answered without documents; the same however often it is asked for."""
        language, about_it = self._about(event.answer_id, event.post)
        return questions.comparison(event, language, about_it)

    def _about(self, answer_id: str, post: Post) -> tuple[Language, Question | None]:
        """Return the language of an answer, and its question where that is kept."""
        answer = self.book.load(answer_id)
        entry = self.ledger.find(answer.question_id if answer else answer_id)
        about_it = entry.question if entry else None
        if answer is not None:
            return answer.language, about_it
        return about_it.language if about_it else self.recents.language(post.team, post.user), about_it

    def _show_sources(self, event: Clicked) -> None:
        """Open the modal; its trigger is good for 3 seconds."""
        answer = self.book.load(event.answer_id)
        language = answer.language if answer else self.recents.language(event.post.team, event.post.user)
        self.api.call("views.open", trigger_id=event.trigger_id, view=views.sources_modal(answer, language))
