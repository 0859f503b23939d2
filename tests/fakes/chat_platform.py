"""A messenger platform of its own process: it keeps every message that was ever shown, and misbehaves on order."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.errors import MessengerUnavailableError
from bot.ports import Messenger
from bot.types import Answer, Question, Receipt
from tests.fakes.http_server import HttpServer, Said

TIMEOUT_S = 5.0
TROUBLES = {
    "503": Said(503),
    "429": Said(429, headers={"Retry-After": "1"}),
    "lost": Said(lost=True),
}
"""What may happen to a request; a lost one is done, and only its reply does not arrive."""


@dataclass(frozen=True)
class Shown:
    """One version of a message: `outcome` is empty until it is final; `place` orders all versions of all messages."""

    text: str
    outcome: str
    place: int


@dataclass
class Message:
    """One message in a conversation, with everything that it ever showed."""

    id: str
    question: str
    conversation: str
    versions: list[Shown] = field(default_factory=list)


class Platform(HttpServer):
    """`POST /messages` posts, `PUT /messages/ID` edits, and `GET /messages?question=…` finds ours by its metadata."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, Message] = {}
        self.finished: set[str] = set()
        """The questions that have their final message."""
        self.troubles: deque[str] = deque()
        """What happens to the next requests, one each; an empty string is no trouble."""
        self._replies: dict[str, list[str]] = {}
        self._places = itertools.count()
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: Any) -> Said:  # noqa: ANN401 - JSON
        with self._lock:
            trouble = self.troubles.popleft() if self.troubles else ""
            said = TROUBLES[trouble] if trouble in {"503", "429"} else self._done(method, path, body)
        return TROUBLES["lost"] if trouble == "lost" else said

    def posted(self) -> dict[str, list[Message]]:
        """Return the messages by the question that they belong to."""
        with self._lock:
            found: dict[str, list[Message]] = {}
            for message in self.messages.values():
                copy = replace(message, versions=list(message.versions))
                found.setdefault(message.question, []).append(copy)
            return found

    def _done(self, method: str, path: str, body: Any) -> Said:  # noqa: ANN401 - JSON
        parts = urlsplit(path)
        if method == "GET":
            wanted = parse_qs(parts.query)["question"][0]
            return Said(value=self._replies.get(wanted, []))
        if method == "POST":
            message = Message(f"m-{len(self.messages)}", body["question"], body["conversation"])
            self.messages[message.id] = message
            self._replies.setdefault(message.question, []).append(message.id)
        else:
            message = self.messages[parts.path.rpartition("/")[2]]
        message.versions.append(Shown(body["text"], body["outcome"], next(self._places)))
        if body["outcome"]:
            self.finished.add(message.question)
        return Said(value=message.id)


@dataclass(frozen=True)
class PlatformMessenger:
    """The `Messenger` port over a platform's address; questions are read by another messenger."""

    url: str
    reading: Messenger
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT_S, trust_env=False))

    def to_question(self, payload: Any) -> Question | None:  # noqa: ANN401 - JSON
        return self.reading.to_question(payload)

    def gather(self, question: Question) -> Question:
        return question

    def acknowledge(self, question: Question) -> Receipt:
        body = {"question": question.id, "conversation": question.address.conversation}
        found = self._call("POST", "/messages", body | {"text": "…", "outcome": ""})
        return Receipt("web", str(found))

    def progress(self, receipt: Receipt, text: str) -> None:
        self._call("PUT", f"/messages/{receipt.reference}", {"text": text, "outcome": ""})

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        self._call("PUT", f"/messages/{receipt.reference}", {"text": answer.text, "outcome": answer.outcome})
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:
        found = self._call("GET", "/messages", params={"question": question.id})
        return Receipt("web", found[0]) if found else None

    def _call(self, method: str, path: str, body: object = None, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        try:
            reply = self.client.request(method, f"{self.url}{path}", json=body, params=params)
            reply.raise_for_status()
        except httpx.HTTPError as exc:
            message = f"The platform cannot be reached: {type(exc).__name__}. Is it running?"
            raise MessengerUnavailableError(message) from exc
        return reply.json()
