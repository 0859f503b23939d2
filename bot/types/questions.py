"""A question, who asked it where, and how far its answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.types.retrieval import Scope

Language = Literal["zh", "en"]
Platform = Literal["cli", "web", "slack", "wecom"]
State = Literal["open", "working", "acknowledged", "answered", "delivered", "failed", "cancelled"]

FINISHED: frozenset[State] = frozenset({"delivered", "failed", "cancelled"})
"""States after which nobody works on a question any more."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a question came from and where its answer goes."""

    platform: Platform
    conversation: str
    user: str
    thread: str = ""

    @property
    def lane(self) -> str:
        """The conversation whose questions are answered one after the other, in the order in which they came."""
        return f"{self.platform}/{self.conversation}/{self.thread}"

    @property
    def lasting(self) -> bool:
        """Whether an answer can still go there when the process that took the question has ended: no terminal's can."""
        return self.platform != "cli"


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a person; `id` is unique for ever and derived from the platform's message id.

    `collections` are those it is limited to, `hidden` those that the asker may not see.
    """

    id: str
    text: str
    address: Address
    language: Language
    asked_at: float
    collections: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def scope(self) -> Scope:
        """What may be searched to answer it; every key of a cache has it too."""
        return Scope(self.collections, hidden=self.hidden)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's id of our reply, by which a later delivery updates instead of posting again."""

    platform: Platform
    reference: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A question's row in the ledger; times are Unix times in seconds.

    `attempts` counts how often somebody began to work on it, `deaths` how many of these attempts, before the last one,
    ended without a word, since the worker died; it is not to be taken up again before `due_at`.
    """

    question: Question
    state: State
    receipt: Receipt | None
    updated_at: float
    attempts: int = 0
    due_at: float = 0.0
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A payload that nobody tries any more: why (never a text of a person), and when it was given up, in Unix time."""

    payload: bytes
    reason: str
    at: float
