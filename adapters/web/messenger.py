"""The web as a `Messenger`: whoever answers writes to the store, and whoever is asked for the answer reads it there."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import phrases
from bot import text as texts
from bot.answering.shape import as_data
from bot.ports import Store
from bot.types import Address, Question, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Answer

PROGRESS_S = 86_400.0
"""So long progress is kept; nobody works longer on an answer."""


@dataclass(frozen=True, slots=True)
class WebMessenger:
    """Keeps progress under `web:<question id>`, and answers under `web-answer:<question id>` for `ttl_s` seconds.

    They are two keys so that the answer is put once and atomically, and no late word of progress can hide it.
    """

    store: Store
    ttl_s: float

    def to_question(self, payload: Mapping[str, Any]) -> Question | None:
        """Read `{"text", "id"?, "conversation"?, "user"?, "language"?, "collections"?}`; None without any text.

        The asker's `id` becomes a part of the question's, so that the same message twice is one question. A question
        without a conversation is a conversation of its own.
        """
        text = texts.storable(str(payload["text"])).strip()
        if not text:
            return None
        identity = f"web-{payload.get('id') or uuid.uuid4().hex}"
        conversation, user = (texts.storable(str(payload.get(name) or "")) for name in ("conversation", "user"))
        collections = payload.get("collections")
        return Question(
            id=identity,
            text=text,
            address=Address("web", conversation or identity, user or "web"),
            language=payload.get("language") or texts.language(text),
            asked_at=time.time(),
            collections=None if collections is None else frozenset(map(texts.storable, collections)),
        )

    def gather(self, question: Question) -> Question:
        """Return the question as it is: it came whole."""
        return question

    def acknowledge(self, question: Question) -> Receipt:
        """Show that somebody works on the question."""
        receipt = Receipt("web", question.id)
        self.progress(receipt, phrases.say("working", question.language))
        return receipt

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is."""
        self.store.put(_progress(receipt.reference), texts.storable(text).encode(), PROGRESS_S)

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer; the first one stays, unless it only told of a failure."""
        key = _answer(receipt.reference)
        shaped = json.dumps(as_data(receipt.reference, answer), ensure_ascii=False).encode("utf-8", "replace")
        if not self.store.add(key, shaped, self.ttl_s):
            shown = self._shown(receipt.reference)
            if shown is not None and shown["outcome"] == "failed":
                self.store.put(key, shaped, self.ttl_s)
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:
        """Tell whether an answer is shown already."""
        return None if self._shown(question.id) is None else Receipt("web", question.id)

    def view(self, question_id: str) -> Mapping[str, Any] | None:
        """Return `{"id", "state": "working" | "done", "progress", "answer"}`, or None before anybody works on it."""
        answer = self._shown(question_id)
        if answer is not None:
            return {"id": question_id, "state": "done", "progress": "", "answer": answer}
        progress = self.store.get(_progress(question_id))
        if progress is None:
            return None
        return {"id": question_id, "state": "working", "progress": progress.decode(), "answer": None}

    def _shown(self, question_id: str) -> dict[str, Any] | None:
        value = self.store.get(_answer(question_id))
        return None if value is None else dict(json.loads(value))


def _progress(question_id: str) -> str:
    return f"web:{question_id}"


def _answer(question_id: str) -> str:
    return f"web-answer:{question_id}"
