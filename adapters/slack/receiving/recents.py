"""What a person asked lately, for the home tab, and the last question of a thread, for commands that refer to it."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bot.ports import Store
from bot.types import Language

if TYPE_CHECKING:
    from bot.types import Question

KEPT_S = 30 * 86_400.0
MOST = 10
TEXT = 200
"""Characters of a question that are kept."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that a person asked: its id, its beginning, when in Unix time, and where."""

    id: str
    text: str = field(repr=False)
    at: float
    channel: str
    ts: str
    language: Language


@dataclass(frozen=True)
class Recents:
    """Keeps the last questions of each person under `slack-recent:<team>:<user>`, the newest first.

    All methods raise `StoreUnavailableError`.
    """

    store: Store
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def add(self, question: Question) -> None:
        """Remember a question, as its asker's and as its thread's last one."""
        address = question.address
        asking = Asking(
            question.reply_id,
            question.text[:TEXT],
            question.asked_at,
            address.conversation,
            address.message,
            question.language,
        )
        team = question.details.get("team", "")
        with self._writing:
            others = [each for each in self.of(team, address.user) if each.id != asking.id]
            self._put(team, address.user, [asking, *others][:MOST])
        if address.message:
            self.store.put(_thread(team, address.conversation, address.thread), asking.id.encode(), KEPT_S)

    def of(self, team: str, user: str) -> list[Asking]:
        """List what a person asked, the newest first."""
        value = self.store.get(_person(team, user))
        return [Asking(**each) for each in json.loads(value)] if value else []

    def language(self, team: str, user: str) -> Language:
        """Return the language in which a person asked last; English where nobody knows."""
        known = self.of(team, user)
        return known[0].language if known else "en"

    def last(self, team: str, channel: str, root: str, user: str) -> str:
        """Return the id of the last question of a thread, else of the person, else nothing."""
        kept = self.store.get(_thread(team, channel, root)) if root else None
        if kept is not None:
            return kept.decode()
        known = self.of(team, user)
        return known[0].id if known else ""

    def drop(self, team: str, user: str, question_id: str) -> None:
        """Forget a question that its asker deleted."""
        with self._writing:
            known = self.of(team, user)
            rest = [each for each in known if each.id != question_id]
            if len(rest) < len(known):
                self._put(team, user, rest)

    def forget(self, team: str, user: str) -> None:
        """Forget everything that a person asked."""
        with self._writing:
            self.store.delete(_person(team, user))

    def _put(self, team: str, user: str, askings: list[Asking]) -> None:
        value = json.dumps([asdict(each) for each in askings], ensure_ascii=False)
        self.store.put(_person(team, user), value.encode(), KEPT_S)


def _person(team: str, user: str) -> str:
    return f"slack-recent:{team}:{user}"


def _thread(team: str, channel: str, root: str) -> str:
    return f"slack-last:{team}:{channel}:{root}"
