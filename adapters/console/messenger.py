"""The console as a `Messenger`: one line is one message, and the reply stands under it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from adapters.console import rendering
from bot import phrases
from bot import text as texts
from bot.types import Address, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Answer


@dataclass
class ConsoleMessenger:
    """Writes to `stream`; remembers what was delivered, so that a second delivery shows nothing."""

    stream: TextIO
    delivered: set[str] = field(default_factory=set)
    terminal: str = field(default_factory=lambda: f"terminal-{uuid.uuid4().hex}")
    """Two people who chat at the same time do not stand in one line."""

    def to_question(self, payload: Mapping[str, object]) -> Question | None:
        """Read `{"id", "text"}`; a blank line is not for us."""
        text = texts.storable(str(payload["text"])).strip()
        if not text:
            return None
        address = Address("cli", self.terminal, "you")
        return Question(str(payload["id"]), text, address, texts.language(text), time.time())

    def gather(self, question: Question) -> Question:
        """Return the question as it is: it came whole."""
        return question

    def acknowledge(self, question: Question) -> Receipt:
        """Show at once that the question arrived."""
        self.progress(Receipt("cli", question.id), phrases.say("working", question.language))
        return Receipt("cli", question.id)

    def progress(self, receipt: Receipt, text: str) -> None:  # noqa: ARG002 - a terminal has one place to write to
        """Show how far the answer is, on a terminal only."""
        if self.stream.isatty():
            self.stream.write(f"{text}\n")
            self.stream.flush()

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer once for one receipt."""
        if receipt.reference not in self.delivered:
            rendering.show_answer(answer, self.stream)
            self.stream.flush()
            self.delivered.add(receipt.reference)
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:
        """Tell whether the answer stands on the screen already."""
        return Receipt("cli", question.id) if question.id in self.delivered else None
