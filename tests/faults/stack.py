"""A whole installation of real processes: `quorum serve`, workers where there is a queue, a model and a platform."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from scripts.services.machine import HOST, free_port
from tests.fakes.chat_platform import Platform
from tests.fakes.polling import until
from tests.fakes.rooms import RoomModel
from tests.faults.asking import Asker
from tests.faults.keeping import ROOT, Kept, rest
from tests.faults.killing import Kill, Reaper
from tests.faults.tally import Tally, count, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.asking import Asked

READY_S = 40.0
DONE_S = 70.0
SETTLED_S = 3.5
"""Longer than the sweeper and the leases need to do something wrong after the last answer."""

SHORT = {
    "QUORUM_SWEEPER__STALE_AFTER_S": "2",
    "QUORUM_WORK__LEASE_S": "3",
    "QUORUM_WORK__CONCURRENCY": "4",
    "QUORUM_WORK__VISIBILITY_TIMEOUT_S": "30",
    "QUORUM_MODELS__TIMEOUT_S": "3",
    "QUORUM_MODELS__ATTEMPTS": "1",
}
PATIENT = {"QUORUM_SWEEPER__STALE_AFTER_S": "35"}
"""Longer than the pauses between attempts, as in life: else each pause ends with one more payload of the question."""


@dataclass
class Stack:
    """The running processes, and the platform that sees what people see."""

    name: str
    platform: Platform
    model: RoomModel
    reaper: Reaper
    clock: Path
    server: Kept
    url: str
    workers: list[Kept] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    @property
    def answering(self) -> list[Kept]:
        """The processes that answer: the workers, or the server where there are none."""
        return self.workers or [self.server]

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

    def report(self, fault: str, tally: Tally, **more: object) -> None:
        """Print what became of the questions, and keep it."""
        record(f"{fault} ({self.name})", tally, time.monotonic() - self.begun, **more)

    def explain(self, kind: type[BaseException] | None, *_: object) -> None:
        """Print what the processes wrote last if something failed."""
        if kind is not None:
            for process in [self.server, *self.workers]:
                print(process.tail())  # noqa: T201 - pytest shows it with the failure

    def ready(self) -> bool:
        """Tell whether the server takes questions."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=3, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def shift_clock(self, seconds: float) -> None:
        """Set the clocks of all processes so far from the true time."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.clock)


@dataclass(frozen=True)
class Installation:
    """How the processes are set up; `settings` go to all of them."""

    name: str
    folder: Path
    settings: dict[str, str]
    workers: int = 0
    work: tuple[str, ...] = ("work",)
    """What each worker is told; without a queue's name it starts two processes, one for answers, one for imports."""

    @contextmanager
    def running(self, *kills: Kill, delay_s: float = 0.1, **settings: str) -> Iterator[Stack]:
        """Run it until the block ends; every process that dies meanwhile is started again."""
        reaper = Reaper(self.folder / "kills", kills)
        reaper.save()
        (clock := self.folder / "clock").write_text("0")
        with ExitStack() as stack:
            platform, model = stack.enter_context(Platform()), stack.enter_context(RoomModel(delay_s))
            port = free_port()
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("QUORUM_")},
                **SHORT,
                **self.settings,
                **settings,
                "QUORUM_HOME": str(self.folder / "home"),
                "QUORUM_HTTP__PORT": str(port),
                "QUORUM_VOTERS": f'[{{"model": "openai+{model.url}/v1#rooms"}}]',
                "FAULT_PLATFORM": platform.url,
                "FAULT_KILLS": str(self.folder / "kills"),
                "FAULT_CLOCK": str(clock),
                "PYTHONPATH": str(ROOT),
            }

            def kept(number: int, *command: str) -> Kept:
                process = Kept(command, environment, self.folder / f"{command[0]}-{number}.log")
                stack.callback(process.end)
                return process

            server, workers = kept(0, "serve"), [kept(number, *self.work) for number in range(self.workers)]
            made = Stack(self.name, platform, model, reaper, clock, server, f"http://{HOST}:{port}", workers)
            stack.push(made.explain)
            until(made.ready, "quorum serve is ready", READY_S)
            made.begun = time.monotonic()
            yield made
