"""What was said before in a conversation: WeCom tells nobody, so that we remember what was asked of us and answered.

The members of a group share what was said there; what somebody says in private stays between them and us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.conversation.answers import AnswerBook
from bot.diagnosis.masking import masked
from bot.ports import Store
from bot.settings import Masking
from bot.types import Turn

if TYPE_CHECKING:
    from bot.types import Question

KEPT_S = 12 * 3_600.0
"""After so long without a word a conversation begins anew."""

MOST = 10
TEXT = 2_000
"""Characters of a question that are kept."""


@dataclass(frozen=True, slots=True)
class History:
    """Keeps the last questions of each conversation under `wecom-said:<conversation>`; the book has our answers.

    All methods raise `StoreUnavailableError`.
    """

    store: Store
    book: AnswerBook
    policy: Masking = field(default_factory=Masking)

    def before(self, question: Question) -> tuple[Turn, ...]:
        """Return what was said before a question, oldest first, and remember the question; twice remembers it once."""
        known = self._known(question.address.conversation)
        earlier = [each for each in known if each["id"] != question.id]
        if len(earlier) == len(known):
            said = {"id": question.id, "user": question.address.user, "text": masked(question.text, self.policy)[:TEXT]}
            value = json.dumps([*known, said][-MOST:], ensure_ascii=False).encode()
            self.store.put(_key(question.address.conversation), value, KEPT_S)
        else:
            earlier = known[: [each["id"] for each in known].index(question.id)]
        return tuple(turn for each in earlier for turn in self._turns(each))

    def last(self, conversation: str) -> str:
        """Return the id of the question that was worked on last, empty where nothing is remembered."""
        known = self._known(conversation)
        return known[-1]["id"] if known else ""

    def forget(self, conversation: str) -> None:
        """Begin anew."""
        self.store.delete(_key(conversation))

    def _turns(self, said: dict[str, str]) -> list[Turn]:
        answer = self.book.load(said["id"])
        ours = [Turn("", answer.text, ours=True)] if answer is not None and answer.outcome != "failed" else []
        return [*([Turn(said["user"], said["text"])] if said["text"] else []), *ours]

    def _known(self, conversation: str) -> list[dict[str, str]]:
        kept = self.store.get(_key(conversation))
        return list(json.loads(kept)) if kept else []


def _key(conversation: str) -> str:
    return f"wecom-said:{conversation}"
