"""Decides what is done about each thing that the app is told: questions and errands are accepted, clicks counted.

Everything that must not be lost is done before `hear` returns; only then is WeCom told that it arrived.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.background import Background
from adapters.limits import Limits
from adapters.wecom.hearing.events import Asked, Clicked, Commanded, Entered, Ignored
from adapters.wecom.layout import answers
from adapters.wecom.receiving import questions
from adapters.wecom.receiving.app_commands import AppCommands
from adapters.wecom.replying.app import AppReplies
from adapters.wecom.replying.marking import Marking
from bot import metrics
from bot import text as texts
from bot.conversation import feedback
from bot.phrases import say
from bot.ports import Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from adapters.limits import Verdict
    from adapters.wecom.hearing.events import Event
    from bot.types import Language

log = logging.getLogger(__name__)

MET_S = 365 * 86_400.0


@dataclass(frozen=True, slots=True)
class AppIntake:
    """Takes what was verified; any number of threads may call it.

    `accept` claims and queues a question and tells whether it is new.
    """

    accept: Callable[[Question], bool]
    ledger: Ledger
    store: Store
    limits: Limits
    commands: AppCommands
    replies: AppReplies
    marking: Marking
    background: Background

    def hear(self, event: Event) -> None:
        """Do what an event asks.

        Raises what the ledger, the store and the queue raise: then WeCom must be told to deliver again.
        """
        match event:
            case Asked():
                self._asked(event)
            case Commanded():
                self._take(self.commands.errand(event))
            case Entered():
                self._entered(event)
            case Clicked():
                self._clicked(event)
            case Ignored():
                metrics.IGNORED.labels("wecom", event.reason).inc()
            case _:
                metrics.IGNORED.labels("wecom", "unknown event").inc()

    def _asked(self, event: Asked) -> None:
        question = questions.asked(event, "app", self._language(event))
        if event.is_empty:
            question = replace(question, task="say", text="empty")
        self._take(question)

    def _language(self, event: Asked) -> Language:
        """Return the language of a text, else of what the member asked last."""
        is_said = any(map(str.isalpha, event.text))
        return texts.language(event.text) if is_said else self.commands.language(event.post.user)

    def _take(self, question: Question) -> None:
        """Accept a question or an errand, unless it is too much; one that was claimed before is not."""
        if self.ledger.find(question.id) is None:
            verdict = self.limits.verdict(question.id, _person(question))
            if verdict != "taken":
                self._refused(verdict, question)
                return
            if question.task == "answer":
                self.commands.remember(question)
        self.accept(question)

    def _refused(self, verdict: Verdict, question: Question) -> None:
        """Tell the asker, once a minute, that it was too much."""
        if verdict == "refused" or not self.limits.may_tell(_person(question)):
            return
        values = {"limit": self.limits.per_minute} if verdict == "limit" else {}
        words = say(f"wecom_{verdict}", question.language, **values)
        contents = answers.notice(words, self.replies.style, question.id, question.language)
        self.background.do("notice", lambda: self.replies.say(question, contents))

    def _entered(self, event: Entered) -> None:
        """Greet whoever may use the app from now on, or opens it for the first time as far as we know."""
        user = event.post.user
        if self.store.get(f"wecom-met:{user}") is None:
            greeting = questions.said("greeting", event.id, event.post, "app", self.commands.language(user))
            self.accept(greeting)
            self.store.put(f"wecom-met:{user}", b"1", MET_S)

    def _clicked(self, event: Clicked) -> None:
        match event.action:
            case "quorum_feedback":
                self._judge(event)
            case "quorum_sources":
                language = self.commands.language(event.post.user)
                about = {"answer": event.answer_id}
                self.accept(questions.said("sources", event.id, event.post, "app", language, **about))
            case "quorum_escalate":
                self.accept(self._escalation(event))

    def _escalation(self, event: Clicked) -> Question:
        """Return the errand to ask a human about an answer, the same however often it is asked for."""
        entry = self.ledger.find(event.answer_id)
        about_it = entry.question if entry else None
        language = about_it.language if about_it else self.commands.language(event.post.user)
        return questions.pressed(event, questions.escalation(event.answer_id, event.post, "app", language, about_it))

    def _judge(self, event: Clicked) -> None:
        """Keep the verdict, and thank for it."""
        feedback.judge(self.store, "wecom", event.answer_id, event.post.user, event.vote or 0)
        language = self.commands.language(event.post.user)
        self.background.do("thanks", lambda: self.marking.rated(event, language))


def _person(question: Question) -> str:
    return f"wecom:{question.address.user}"
