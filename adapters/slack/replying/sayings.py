"""What commands in messages are answered with: how to ask, what there is to search, that something was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.slack.layout import blocks
from adapters.slack.layout.blocks import Reply
from bot.phrases import say
from bot.types import Question

DONE = frozenset({"status", "forget", "stop"})
"""Commands with a sentence of their own; its variables are among the errand's details."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """Words the errands to say something; `sources` lists what may be searched for their author."""

    sources: Callable[[Question], Reply]

    def of(self, question: Question) -> Reply:
        """Return the reply to the command in `question.text`; how to ask where nothing was, or an unknown command."""
        if question.text == "sources":
            return self.sources(question)
        if question.text in DONE:
            return blocks.notice(say(f"slack_command_{question.text}", question.language, **question.details))
        return blocks.helping(question.language, is_greeting=question.text == "empty")
