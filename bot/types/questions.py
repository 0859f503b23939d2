"""A question, who asked it where, and how far its answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
Platform = Literal["cli", "web", "slack", "wecom"]
State = Literal["open", "working", "answered", "delivered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a question came from and where its answer goes."""

    platform: Platform
    conversation: str
    user: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a person; `id` is unique for ever and derived from the platform's message id."""

    id: str
    text: str
    address: Address
    language: Language
    asked_at: float
    collections: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's id of our reply, by which a later delivery updates instead of posting again."""

    platform: Platform
    reference: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A question's row in the ledger; `payload` is what the handler gets, `updated_at` is Unix time in seconds."""

    question: Question
    state: State
    receipt: Receipt | None
    updated_at: float
