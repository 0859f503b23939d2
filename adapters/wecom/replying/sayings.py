"""What commands and entrances are answered with: how to ask, the sources of an answer, that something was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.gathering.history import History
from adapters.wecom.layout import answers
from bot.conversation.answers import AnswerBook
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.wecom.layout.pages import Style
    from bot.types import Question


@dataclass(frozen=True, slots=True)
class Sayings:
    """Words the errands to say something, and forgets what is to be forgotten; raises what stores raise.

    `waiting` counts the unfinished questions.
    """

    book: AnswerBook
    history: History
    waiting: Callable[[], int]

    def word(self, errand: Question, style: Style) -> list[str]:
        """Lay out the reply to the command in `errand.text`; how to ask where nothing was, or an unknown command."""
        key, language = errand.id, errand.language
        match errand.text:
            case "sources":
                return self._sources(errand, style)
            case "greeting":
                words = say("wecom_greeting", language)
            case "human":
                words = say("wecom_human_asked" if self._last(errand) else "wecom_command_no_question", language)
            case "stop":
                words = say("wecom_command_stop", language)
            case "forget":
                self.history.forget(errand.address.conversation)
                words = say("wecom_command_forget", language)
            case "status":
                words = say("wecom_command_status", language, waiting=self.waiting()) + _where(errand)
            case _:
                return answers.helping(style, key, language, is_greeting=errand.text == "empty")
        return answers.notice(words, style, key, language)

    def _sources(self, errand: Question, style: Style) -> list[str]:
        """Lay out what an answer cites, or the last one of the conversation where the errand names none."""
        about = errand.details.get("answer") or self._last(errand)
        if not about:
            words = say("wecom_command_no_question", errand.language)
            return answers.notice(words, style, errand.id, errand.language)
        answer = self.book.load(about)
        return answers.passages(answer, style, errand.id, answer.language if answer else errand.language)

    def _last(self, errand: Question) -> str:
        return self.history.last(errand.address.conversation)


def _where(errand: Question) -> str:
    """Say the id of a group, which the settings of who may see what need and WeCom shows nowhere."""
    if errand.details.get("chattype") != "group":
        return ""
    return "\n\n" + say("wecom_group_id", errand.language, chat=errand.address.conversation.partition(":")[2])
