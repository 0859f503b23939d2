"""What the app is told, and what came of each sending."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.slack.records import JSON


@dataclass(frozen=True)
class Attempt:
    """One sending; `status` is 0 where no reply came, and 200 for an acknowledged envelope."""

    status: int
    seconds: float
    reason: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Delivery:
    """Something that the app is told, with what became of it."""

    kind: Literal["events_api", "interactive", "slash_commands"]
    payload: JSON
    attempts: list[Attempt] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def status(self) -> int:
        """The last status."""
        return self.attempts[-1].status if self.attempts else 0

    @property
    def body(self) -> bytes:
        """The last reply."""
        return self.attempts[-1].body if self.attempts else b""
