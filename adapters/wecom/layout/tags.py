"""Short names that are derived from a question or answer, the same at every try and after every restart."""

from __future__ import annotations

import base64
import hashlib

REFERENCE = 8
"""Letters and digits that end a message of the app, so that no two answers are the same to WeCom's duplicate check."""


def reference(key: str) -> str:
    """Return the short reference of a question, for people and for the duplicate check."""
    return base64.b32encode(_digest("reference", key)).decode().lower()[:REFERENCE]


def stream(question_id: str) -> str:
    """Return the id of the stream that answers a question to the AI bot."""
    return f"stream-{_digest('stream', question_id).hex()[:32]}"


def task(answer_id: str) -> str:
    """Return the task id of the card under an answer: at most 128 of WeCom's letters, digits and `_-@`."""
    return f"quorum-{_digest('task', answer_id).hex()[:32]}"


def _digest(kind: str, key: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{key}".encode()).digest()
