"""WeCom as a `Messenger`: each question is answered by what it came through, the self-built app or the AI bot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from adapters.wecom.hearing import bots
from adapters.wecom.hearing.events import Asked
from adapters.wecom.layout.pages import Style
from adapters.wecom.receiving import questions
from bot import text as texts
from bot.errors import ConfigurationError
from bot.types import Question

if TYPE_CHECKING:
    from adapters.wecom.credentials import Mode
    from bot.types import Answer, Receipt


class Replies(Protocol):
    """How one of WeCom's ways shows what we say; both `AppReplies` and `BotReplies` are this.

    All methods raise what stores raise, and all but `progress` what `WecomApi` raises. A receipt's reference is a JSON
    object whose `mode` is that of the question, and in which nothing is secret.
    """

    @property
    def style(self) -> Style:
        """How contents for this way are laid out."""

    def acknowledge(self, question: Question) -> Receipt:
        """Show that a question arrived, where something can be shown that an answer takes the place of."""

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is, in place of the acknowledgement."""

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer; twice with one receipt shows it once."""

    def find_reply(self, question: Question) -> Receipt | None:
        """Return the receipt of what was shown for a question, as far as anybody can know."""

    def say(self, errand: Question, contents: Sequence[str]) -> None:
        """Show contents that are laid out in `style` in reply to what the errand came from; twice shows them once."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the messenger leaves to others.

    `gather` returns the question with what belongs to it. `word` lays out what the errand to say something says.
    `escalate` hands a question to a human, and twice once; it gets the way by which its errand came.
    """

    gather: Callable[[Question], Question]
    word: Callable[[Question, Style], Sequence[str]]
    escalate: Callable[[Question, Replies], None]


class WecomMessenger:
    """A `Messenger` with `Errands`; all methods raise `ConfigurationError` for a way that is not set up here."""

    def __init__(self, replies: Mapping[Mode, Replies], hooks: Hooks, bot_name: str = "") -> None:
        """Take a `Replies` for each mode that is configured; `bot_name` is stripped where a group mentions us."""
        self._replies, self._hooks, self._bot_name = dict(replies), hooks, bot_name

    def to_question(self, payload: Mapping[str, Any]) -> Question | None:
        """Read a message to the AI bot as its callback and its long connection have it."""
        event = bots.told(payload, self._bot_name)
        if not isinstance(event, Asked) or event.is_empty:
            return None
        return questions.asked(event, "callback", texts.language(event.text))

    def gather(self, question: Question) -> Question:
        """Return the question with what belongs to it."""
        return self._hooks.gather(question)

    def acknowledge(self, question: Question) -> Receipt:
        """Show that a question arrived."""
        return self._of(question).acknowledge(question)

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is."""
        self._at(receipt).progress(receipt, text)

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer, once."""
        return self._at(receipt).deliver(receipt, answer)

    def find_reply(self, question: Question) -> Receipt | None:
        """Return the receipt of what was shown for a question."""
        return self._of(question).find_reply(question)

    def run(self, question: Question) -> None:
        """Do an errand. Raises `ConfigurationError` for an unknown one."""
        replies = self._of(question)
        match question.task:
            case "say":
                replies.say(question, self._hooks.word(question, replies.style))
            case "escalate":
                self._hooks.escalate(question, replies)
            case _:
                message = f"Question {question.id} asks to {question.task!r}, which is no errand in WeCom."
                raise ConfigurationError(message)

    def _of(self, question: Question) -> Replies:
        return self._named(question.details.get("mode", ""), question.id)

    def _at(self, receipt: Receipt) -> Replies:
        reference = json.loads(receipt.reference)
        return self._named(str(reference.get("mode", "")), str(reference.get("question", "")))

    def _named(self, mode: str, question_id: str) -> Replies:
        found = next((replies for name, replies in self._replies.items() if name == mode), None)
        if found is None:
            message = f"Question {question_id} came by WeCom's {mode!r}, which is not configured here."
            raise ConfigurationError(message)
        return found
