"""A messenger that keeps what it shows, posts once and edits afterwards, and fails on order."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.types import Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Answer


@dataclass
class Postbox:
    """`shown` is what a person sees now, `history` all that was shown, `posts` how many messages were posted.

    `errors` holds, by method, errors to raise before it does anything; under `acknowledged`, after it posted.
    """

    shown: dict[str, str] = field(default_factory=dict)
    history: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    posts: int = 0
    errors: dict[str, list[BaseException]] = field(default_factory=dict)
    gathered: Callable[[Question], Question] = lambda question: question
    lock: threading.Lock = field(default_factory=threading.Lock)

    def to_question(self, payload: Mapping[str, object]) -> Question | None:
        raise NotImplementedError

    def gather(self, question: Question) -> Question:
        self._fail("gather")
        return self.gathered(question)

    def acknowledge(self, question: Question) -> Receipt:
        self._fail("acknowledge")
        with self.lock:
            self.posts += 1
        self._show(question.id, "acknowledged")
        self._fail("acknowledged")
        return Receipt("web", question.id)

    def progress(self, receipt: Receipt, text: str) -> None:
        self._fail("progress")
        self._show(receipt.reference, text)

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        self._fail("deliver")
        self._show(receipt.reference, answer.text)
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:
        return Receipt("web", question.id) if question.id in self.shown else None

    def _show(self, reference: str, text: str) -> None:
        with self.lock:
            self.shown[reference] = text
            self.history[reference].append(text)

    def _fail(self, method: str) -> None:
        if self.errors.get(method):
            raise self.errors[method].pop(0)
