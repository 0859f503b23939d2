"""Messages that change after they were asked: edited ones are answered as they read now, deleted ones not at all."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.receiving import questions
from bot.conversation import leasing
from bot.errors import PostponedError
from bot.ports import Leases, Ledger, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.types import Question

KEPT_S = 30 * 86_400.0
GONE_S = 86_400.0
AGAIN_S = 600.0
"""An answer follows its question's edits for so long; later, people have read it."""

OLD_S = 86_400.0
"""An edit makes no question of a message that nobody asked for so long."""

LEASE_S = 10.0
WAIT_S = 1.5
PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Versions:
    """Knows the newest version of each message: `slack-latest:<id>`, and `slack-gone:<id>` for deleted ones.

    Whatever it does may be done again: Slack delivers again what a crash or a backend that was down left half done.
    All methods raise what stores, ledgers and queues do.
    """

    ledger: Ledger
    store: Store
    leases: Leases

    def is_gone(self, question_id: str) -> bool:
        """Tell whether a message was deleted, perhaps before we heard of it."""
        return self.store.get(f"slack-gone:{question_id}") is not None

    def newest(self, question_id: str) -> str:
        """Return the id of the newest version of a message."""
        kept = self.store.get(f"slack-latest:{question_id}")
        return question_id if kept is None else kept.decode()

    def edit(self, question: Question, edited_ts: str, take: Callable[[Question], object]) -> None:
        """Let `take` have the question as it was edited at `edited_ts`, if it is still to be answered that way.

        An edit that is older than the newest one, or of an answer that has stood for a while, changes nothing.
        """
        first, version = question.id, questions.version(question, edited_ts)
        with self._alone(first):
            newest = self.newest(first)
            if self.is_gone(first) or _edited(newest) > _edited(version.id):
                return
            if newest != version.id:
                if not self._may_follow(question, newest, _edited(version.id)):
                    return
                self.ledger.advance(newest, "cancelled")
                self.store.put(f"slack-latest:{first}", version.id.encode(), KEPT_S)
            take(version)

    def delete(self, question_id: str, take: Callable[[Question], object]) -> Question | None:
        """Drop the question and let `take` have the errand to remove our reply; return the question, if it was one."""
        with self._alone(question_id):
            self.store.put(f"slack-gone:{question_id}", b"1", GONE_S)
            newest = self.newest(question_id)
            entry = self.ledger.find(newest)
            if entry is None:
                return None
            self.ledger.advance(newest, "cancelled")
            take(questions.withdrawal(entry.question))
            return entry.question

    def _may_follow(self, question: Question, newest: str, edited_at: float) -> bool:
        """Tell whether an edit is to be answered; claims the id of a message that we had not heard of."""
        entry = self.ledger.find(newest)
        if entry is None:
            if edited_at - question.asked_at > OLD_S:
                return False
            self.ledger.open(question)  # the message as it was may come later, and is not to be answered then
            return True
        return entry.state not in {"delivered", "failed"} or edited_at - entry.updated_at <= AGAIN_S

    @contextmanager
    def _alone(self, question_id: str) -> Iterator[None]:
        """Look after one message at a time, among threads and processes; raises `PostponedError` when it takes long."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            with leasing.hold(self.leases, f"slack-version:{question_id}", LEASE_S) as held:
                if held is not None:
                    yield
                    return
            time.sleep(PAUSE_S)
        raise PostponedError(1.0, f"question {question_id} is being changed by somebody else")


def _edited(version_id: str) -> float:
    """Return when a version was edited; 0 for the message as it was first written."""
    _, mark, ts = version_id.rpartition("-e")
    try:
        return float(ts) if mark else 0.0
    except ValueError:
        return 0.0
