"""What commands to the app do, and what they refer to: the last question of a member, and what is not answered yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.receiving import questions
from bot.ports import Ledger, Store
from bot.types import FINISHED

if TYPE_CHECKING:
    from adapters.wecom.hearing.events import Commanded
    from bot.types import Language, Question

KEPT_S = 30 * 86_400.0
MOST = 100
"""Questions of a member that one command stops."""


@dataclass(frozen=True, slots=True)
class AppCommands:
    """Remembers last questions under `wecom-last:<user>`; all methods raise what stores and ledgers raise."""

    ledger: Ledger
    store: Store

    def remember(self, question: Question) -> None:
        """Take a question for its asker's last one."""
        kept = json.dumps({"question": question.id, "language": question.language})
        self.store.put(_key(question.address.user), kept.encode(), KEPT_S)

    def language(self, user: str) -> Language:
        """Return the language in which somebody asked last; Chinese where nobody knows."""
        return "en" if self._last(user).get("language") == "en" else "zh"

    def errand(self, event: Commanded) -> Question:
        """Do what a command says at once, and return the errand that says so, or that hands over to a human.

        However often one command is delivered, it is done once and has the same errand.
        """
        key = f"wecom-command:{event.id}"
        if (before := self.store.get(key)) is not None:
            return self._said(event) if before.decode() == event.id else self._human(event, before.decode())
        errand = self._said(event)
        if event.name == "stop":
            self._stop(event.post.user)
        last = self._last(event.post.user).get("question", "")
        if event.name == "human" and last:
            human = self._human(event, last)
            errand = errand if self.ledger.find(human.id) else human
        about = last if errand.task == "escalate" else event.id
        self.store.put(key, about.encode(), KEPT_S)
        return errand

    def _said(self, event: Commanded) -> Question:
        return questions.said(event.name, event.id, event.post, "app", self.language(event.post.user))

    def _human(self, event: Commanded, question_id: str) -> Question:
        entry = self.ledger.find(question_id)
        about_it, language = entry.question if entry else None, self.language(event.post.user)
        return questions.escalation(question_id, event.post, "app", language, about_it)

    def _stop(self, user: str) -> None:
        """Let all be that a member asked and that has no answer yet."""
        last = self._last(user).get("question", "")
        entry = self.ledger.find(last) if last else None
        lane = entry.question.address.lane if entry else ""
        for _ in range(MOST if lane else 0):
            waiting = self.ledger.next(lane)
            if waiting is None or waiting.state in FINISHED:
                return
            self.ledger.advance(waiting.question.id, "cancelled")

    def _last(self, user: str) -> dict[str, str]:
        kept = self.store.get(_key(user))
        return dict(json.loads(kept)) if kept else {}


def _key(user: str) -> str:
    return f"wecom-last:{user}"
