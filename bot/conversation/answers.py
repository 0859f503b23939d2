"""The book of answers: what was answered, with its sources, for taps and votes that come later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from bot.types import Answer

if TYPE_CHECKING:
    from bot.ports import Store

_ANSWER = TypeAdapter(Answer)


class AnswerBook:
    """Keeps whole answers by their ids under `answer:<id>`, vote, quotes and trace included."""

    def __init__(self, store: Store, ttl_s: float) -> None:
        """Keep what is saved for `ttl_s` seconds."""
        self._store = store
        self._ttl_s = ttl_s

    def save(self, answer: Answer) -> None:
        """Keep the answer, in place of an older one with its id. Raises `StoreUnavailableError`."""
        self._store.put(_key(answer.id), encode(answer), self._ttl_s)

    def load(self, answer_id: str) -> Answer | None:
        """Return the answer; None when there is none, its time is over, or another version of Quorum wrote it.

        Raises `StoreUnavailableError`.
        """
        value = self._store.get(_key(answer_id))
        return None if value is None else decode(value)


def encode(answer: Answer) -> bytes:
    """Serialise an answer for a store.

    Sequences in the trace's details come back as lists, and halves of characters that a model wrote as `?`.
    """
    return json.dumps(_ANSWER.dump_python(answer, mode="json"), ensure_ascii=False).encode("utf-8", "replace")


def decode(value: bytes) -> Answer | None:
    """Read what `encode` wrote; None for what another version of Quorum wrote and this one cannot read."""
    try:
        return _ANSWER.validate_json(value)
    except ValidationError:
        return None


def _key(answer_id: str) -> str:
    return f"answer:{answer_id}"
