"""A question, who asked it where, and how far its answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.types.retrieval import Scope

Language = Literal["zh", "en"]
Platform = Literal["cli", "web", "slack", "wecom"]
State = Literal["open", "waiting", "working", "acknowledged", "answered", "delivered", "failed", "cancelled"]

Task = Literal["answer", "compare", "say", "escalate", "withdraw"]
"""What a message asks of us: an answer, what the models say without documents, a fixed text such as the help, a human,
or that our reply be removed."""

ANSWERED: frozenset[Task] = frozenset({"answer", "compare"})
"""What the core answers; all else is the messenger's."""

FINISHED: frozenset[State] = frozenset({"delivered", "failed", "cancelled"})
"""States after which nobody works on a question any more."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a question came from and where its answer goes; `message` is the platform's id of what was written."""

    platform: Platform
    conversation: str
    user: str
    thread: str = ""
    message: str = ""

    @property
    def lane(self) -> str:
        """The conversation whose questions are answered one after the other, in the order in which they came."""
        return f"{self.platform}/{self.conversation}/{self.thread}"

    @property
    def lasting(self) -> bool:
        """Whether an answer can still go there when the process that took the question has ended: no terminal's can."""
        return self.platform != "cli"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a message, still at the platform: how it is called there, what it is, its size in bytes.

    `kind` is the platform's word for a file that cannot simply be fetched, or empty.
    """

    id: str
    name: str = field(repr=False)
    media_type: str
    size: int
    url: str = field(default="", repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said before in the same conversation; `ours` tells our own replies from people's messages."""

    speaker: str
    text: str = field(repr=False)
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a person; `id` is unique for ever and derived from the platform's message id.

    `collections` are those it is limited to, `hidden` those that the asker may not see. `replaces` is the id of the
    question whose reply this one's takes the place of, such as the same message before it was edited. `details` is
    what the platform's messenger needs to know later; it may hold secrets. What the messenger gathers when the
    question is worked on is `context` (what was said before, oldest first) and `notices` (sentences for the asker,
    such as that a file could not be read). `masked` counts the secrets of each kind that were taken out of it.
    """

    id: str
    text: str = field(repr=False)
    address: Address
    language: Language
    asked_at: float
    collections: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()
    task: Task = "answer"
    replaces: str = ""
    attachments: tuple[Attachment, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    context: tuple[Turn, ...] = field(default=(), repr=False)
    notices: tuple[str, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)

    @property
    def reply_id(self) -> str:
        """The id under which our reply is known at the platform: that of the first version of an edited message."""
        return self.replaces or self.id

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
