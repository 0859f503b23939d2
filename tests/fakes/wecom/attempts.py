"""What our callbacks were sent, and what came of each sending."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.wecom.records import JSON, Asked


@dataclass(frozen=True)
class Attempt:
    """One sending; `status` is 0 where no reply came, `body` is the reply."""

    status: int
    seconds: float
    body: bytes = b""
    nonce: str = ""


@dataclass
class Delivery:
    """Something that a callback is told; `tries` is how often at most."""

    to: Literal["app", "bot"]
    plain: str
    tries: int = 3
    asked: Asked | None = None
    """For the AI bot: what it may answer."""
    poll: bool = False
    """Whether it asks how a stream goes on."""
    attempts: list[Attempt] = field(default_factory=list)
    replies: list[JSON] = field(default_factory=list)
    """What was understood of the replies, decrypted."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def status(self) -> int:
        """The last status."""
        return self.attempts[-1].status if self.attempts else 0

    @property
    def body(self) -> bytes:
        """The last reply."""
        return self.attempts[-1].body if self.attempts else b""
