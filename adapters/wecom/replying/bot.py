"""Replies of the AI bot: what a worker says is kept as a stream in the store, and said by whoever is asked for it.

By callback any process that serves `/wecom/aibot` answers WeCom's polls from there, and over the long connection the
one process that holds it pushes what it finds there; so a worker may run on any host and needs no way to WeCom.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from adapters.wecom.layout import answers, cards
from adapters.wecom.layout.pages import BOT_MARKDOWN
from adapters.wecom.streams.book import StreamBook
from adapters.wecom.streams.outbox import Outbox
from adapters.wecom.streams.places import Final, place_of, stream_of
from bot.types import Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.wecom.layout.pages import Style
    from bot.ports import Store
    from bot.types import Answer, Question

ANSWERED = frozenset({"answered", "answered_with_warning"})


class BotReplies:
    """`Replies` of the AI bot by callback and by long connection; all methods raise `StoreUnavailableError`."""

    def __init__(self, store: Store) -> None:
        """Use the store of all processes."""
        self._book, self._outbox = StreamBook(store), Outbox(store)

    @property
    def style(self) -> Style:
        """How contents are laid out: Markdown, within a stream's bytes."""
        return BOT_MARKDOWN

    def acknowledge(self, question: Question) -> Receipt:
        """Open the stream of a question, which says by itself that it arrived; done twice it is the same stream."""
        self._book.open(stream_of(question), place_of(question, time.time()))
        return _receipt(question)

    def progress(self, receipt: Receipt, text: str) -> None:
        """Let the stream show how far the answer is."""
        self._book.say(_stream(receipt), answers.progress([text]))

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Let the stream end with the answer; under one that is none a card offers a human."""
        card = None if answer.outcome in ANSWERED else cards.offered(answer.id, answer.language)
        self._finish(_stream(receipt), Final(tuple(answers.answer(answer, BOT_MARKDOWN)), card))
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:
        """Return the receipt of a question whose stream is open or was."""
        return None if self._book.place(stream_of(question)) is None else _receipt(question)

    def say(self, errand: Question, contents: Sequence[str]) -> None:
        """End the stream of what the errand came from with contents that are laid out in `style`."""
        stream = stream_of(errand)
        self._book.open(stream, place_of(errand, time.time()))
        self._finish(stream, Final(tuple(contents)))

    def _finish(self, stream: str, final: Final) -> None:
        if self._book.finish(stream, final):
            self._outbox.append(stream)


def _receipt(question: Question) -> Receipt:
    reference = {"mode": question.details.get("mode", ""), "question": question.id, "stream": stream_of(question)}
    return Receipt("wecom", json.dumps(reference))


def _stream(receipt: Receipt) -> str:
    return str(json.loads(receipt.reference)["stream"])
