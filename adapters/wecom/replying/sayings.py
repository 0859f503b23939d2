"""What commands and entrances are answered with: how to ask, the sources of an answer, that something was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.layout import answers
from bot.conversation.answers import AnswerBook
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.layout.pages import Style
    from bot.types import Question

DONE = frozenset({"status", "forget", "stop", "no_question"})
"""Names with a sentence of their own; its variables are among the errand's details."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """Words the errands to say something; raises what stores raise."""

    book: AnswerBook

    def word(self, errand: Question, style: Style) -> list[str]:
        """Lay out the reply to the command in `errand.text`; how to ask where nothing was, or an unknown command."""
        key, language = errand.id, errand.language
        if errand.text == "sources":
            answer = self.book.load(errand.details.get("answer", ""))
            return answers.passages(answer, style, key, language)
        if errand.text in DONE:
            return answers.notice(say(f"wecom_command_{errand.text}", language, **errand.details), style, key, language)
        if errand.text == "greeting":
            return answers.notice(say("wecom_greeting", language), style, key, language)
        return answers.helping(style, key, language, is_greeting=errand.text == "empty")
