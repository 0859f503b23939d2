"""Asks questions over HTTP as a platform does: the same message again and again until it was taken."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from bot.text import language
from tests.fakes import rooms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TIMEOUT_S = 4.0
AGAIN_S = 0.2
THREADS = 5
THREADED = 0.6
"""Share of the questions that are asked in threads; every other one is a conversation of its own."""

IN_A_THREAD = 5


@dataclass(frozen=True)
class Asked:
    """One message: its id at the platform, what it says, and where."""

    id: str
    text: str
    conversation: str


@dataclass
class Asker:
    """Sends messages to an address; `order` is how each conversation's messages were taken first."""

    url: str
    within_s: float
    pace_s: float = 0.1
    """Between two messages of one of the `THREADS`."""

    order: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    repeated: int = 0
    """Requests that were not answered with 2xx, and repetitions of the ones that were."""

    slowest_s: float = 0.0

    def ask(self, messages: Sequence[Asked], times: int = 1) -> None:
        """Send every message `times` times: the messages of a conversation one after the other, the rest at once.

        Repetitions are shuffled among the conversation's other messages. Raises when one is not taken in time.
        """
        lanes: defaultdict[str, list[Asked]] = defaultdict(list)
        for message in messages:
            lanes[message.conversation] += [message] * times
        if times > 1:
            for number, lane in enumerate(lanes.values()):
                random.Random(number).shuffle(lane)  # noqa: S311 - an order, not a secret
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client, ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(self._lane, lane, client) for lane in lanes.values()]:
                done.result()

    def _lane(self, lane: Sequence[Asked], client: httpx.Client) -> None:
        for message in lane:
            deadline = time.monotonic() + self.within_s
            while not self._taken(message, client):
                assert time.monotonic() < deadline, f"{message.id} is not taken within {self.within_s:g} s"
                self.repeated += 1
                threading.Event().wait(AGAIN_S)
            threading.Event().wait(self.pace_s)
            if message.id not in self.order[message.conversation]:
                self.order[message.conversation].append(message.id)

    def _taken(self, message: Asked, client: httpx.Client) -> bool:
        body = {"id": message.id, "text": message.text, "conversation": message.conversation}
        begun = time.monotonic()
        try:
            reply = client.post(f"{self.url}/api/questions", json=body)
        except httpx.TransportError:
            return False
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        assert reply.is_success or reply.status_code >= httpx.codes.INTERNAL_SERVER_ERROR, reply.text
        return reply.is_success


def outcomes(asked: Iterable[Asked]) -> tuple[int, int, int]:
    """Return how many are to be answered, refused, and told that they failed."""
    return rooms.outcomes(message.text for message in asked)


def messages(count: int = 50, extra: Sequence[str] = ()) -> list[Asked]:
    """Word so many questions, and the extra ones, each in a thread of five or in a conversation of its own."""
    texts = [*rooms.asked(count - len(extra)), *extra]
    assert {language(text) for text in texts} == {"zh", "en"}
    threads = max(1, int(count * THREADED) // IN_A_THREAD)
    return [
        Asked(f"q{n}", text, f"thread-{n % threads}" if n < threads * IN_A_THREAD else f"alone-{n}")
        for n, text in enumerate(texts)
    ]
