"""A whole installation that answers to a test's platform: `quorum serve`, workers where there is a queue, a model."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.chat_platform import Platform
from tests.fakes.polling import until
from tests.faults.asking import Asker
from tests.faults.keeping import rest
from tests.faults.processes import PATIENT, Processes, Setup
from tests.faults.tally import Tally, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.asking import Asked
    from tests.faults.killing import Kill

__all__ = ["PATIENT", "Installation", "Stack"]

DONE_S = 120.0
SETTLED_S = 3.5
"""Longer than the sweeper and the leases need to do something wrong after the last answer."""


@dataclass
class Stack(Processes):
    """The running processes, and the platform that sees what people see."""

    platform: Platform = field(kw_only=True)

    def finished(self) -> int:
        """Return how many questions have their final message by now."""
        return len(self.platform.finished)

    @contextmanager
    def asked(
        self, messages: Sequence[Asked], times: int = 1, pace_s: float = 0.1, asker: Asker | None = None
    ) -> Iterator[Asker]:
        """Ask while the block runs; afterwards everything was taken."""
        asker = asker or Asker(self.url, DONE_S)
        asker.pace_s = pace_s
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(asker.ask, messages, times)
            yield asker
            asking.result()

    def reached(self, finished: int, within_s: float = DONE_S) -> None:
        """Wait until so many questions have their final message."""
        until(lambda: self.finished() >= finished, f"{finished} answers", within_s)

    def tally(self, asker: Asker, within_s: float = DONE_S) -> Tally:
        """Wait until every question that was taken has its final message, and nothing more happens to it; count."""
        taken = sum(map(len, asker.order.values()))
        deadline = time.monotonic() + within_s
        while self.finished() < taken and time.monotonic() < deadline:
            rest(0.1)
        rest(SETTLED_S)
        return count(asker.order, self.platform.posted())


@dataclass(frozen=True)
class Installation(Setup):
    """How the processes are set up whose platform is a test's own."""

    @contextmanager
    def running(self, *kills: Kill, delay_s: float = 0.1, **settings: str) -> Iterator[Stack]:
        """Run it until the block ends; every process that dies meanwhile is started again."""
        with Platform() as platform:
            surroundings = settings | {"FAULT_PLATFORM": platform.url}
            with self.started(kills, delay_s, surroundings) as found:
                yield Stack(**found.__dict__, platform=platform)
