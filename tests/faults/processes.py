"""The processes of one installation: `quorum serve`, workers where there is a queue, and the model that they ask."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from scripts.services.machine import HOST, free_port
from tests.fakes.polling import until
from tests.fakes.rooms import RoomModel
from tests.faults.keeping import Kept
from tests.faults.killing import Kill, Reaper
from tests.faults.tally import Tally, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

READY_S = 90.0
LOOKING = httpx.Client(timeout=3, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
"""To look with, again and again: a client costs more than a look."""

SHORT = {
    "QUORUM_SWEEPER__STALE_AFTER_S": "2",
    "QUORUM_WORK__LEASE_S": "3",
    "QUORUM_WORK__CONCURRENCY": "4",
    "QUORUM_WORK__VISIBILITY_TIMEOUT_S": "30",
    "QUORUM_MODELS__TIMEOUT_S": "3",
    "QUORUM_MODELS__ATTEMPTS": "1",
}
PATIENT = {"QUORUM_SWEEPER__STALE_AFTER_S": "35", "QUORUM_WORK__ATTEMPTS": "14"}
"""Longer than the pauses between attempts, as in life: else each pause ends with one more payload of the question.

The attempts last for four minutes and a half: on a busy machine an Elasticsearch takes two to start.
"""
_UNFINISHED = re.compile(r"^quorum_ledger_unfinished (\d+)", re.MULTILINE)


@dataclass
class Processes:
    """The running processes, and what is done to all of them."""

    name: str
    model: RoomModel
    reaper: Reaper
    clock: Path
    server: Kept
    url: str
    workers: list[Kept] = field(default_factory=list)
    standbys: list[Kept] = field(default_factory=list)
    """More processes like the server."""

    begun: float = field(default_factory=time.monotonic)

    @property
    def answering(self) -> list[Kept]:
        """The processes that answer: the workers, or the server where there are none."""
        return self.workers or [self.server]

    def report(self, fault: str, tally: Tally, **more: object) -> None:
        """Print what became of the questions, and keep it."""
        record(f"{fault} ({self.name})", tally, time.monotonic() - self.begun, **more)

    def explain(self, kind: type[BaseException] | None, *_: object) -> None:
        """Print what the processes wrote last if something failed."""
        if kind is not None:
            for process in [self.server, *self.standbys, *self.workers]:
                print(process.tail())  # noqa: T201 - pytest shows it with the failure

    def ready(self, url: str = "") -> bool:
        """Tell whether the server, or the one at the address, takes questions."""
        try:
            return LOOKING.get(f"{url or self.url}/readyz").is_success
        except httpx.TransportError:
            return False

    def unfinished(self) -> int:
        """Return how many questions and errands are not finished, as the server says; -1 where it says nothing."""
        try:
            found = _UNFINISHED.search(LOOKING.get(f"{self.url}/metrics").text)
        except httpx.TransportError:
            return -1
        return int(found[1]) if found else -1

    def shift_clock(self, seconds: float) -> None:
        """Set the clocks of all processes so far from the true time."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.clock)


@dataclass(frozen=True)
class Setup:
    """How the processes are set up; `settings` go to all of them."""

    name: str
    folder: Path
    settings: Mapping[str, str]
    workers: int = 0
    serve: tuple[str, ...] = ("serve",)
    standbys: int = 0
    work: tuple[str, ...] = ("work", "--queue", "answer")
    """What each worker is told; without a queue's name it starts another process, for imports."""

    @contextmanager
    def started(self, kills: Sequence[Kill], delay_s: float, settings: Mapping[str, str]) -> Iterator[Processes]:
        """Run them until the block ends; every process that dies meanwhile is started again."""
        reaper = Reaper(self.folder / "kills", kills)
        reaper.save()
        (clock := self.folder / "clock").write_text("0")
        with ExitStack() as stack:
            model = stack.enter_context(RoomModel(delay_s))
            ports = [free_port() for _ in range(1 + self.standbys)]
            environment = self._environment(model, clock, settings)

            def kept(number: int, command: Sequence[str], port: int) -> Kept:
                name = f"{command[0]}-{number}"
                own = {"QUORUM_HTTP__PORT": str(port), "WEBSOCKETS_USER_AGENT": name}
                process = Kept(command, environment | own, self.folder / f"{name}.log", name)
                stack.callback(process.end)
                return process

            server, *standbys = [kept(number, self.serve, port) for number, port in enumerate(ports)]
            workers = [kept(number, self.work, ports[0]) for number in range(self.workers)]
            url, *others = [f"http://{HOST}:{port}" for port in ports]
            made = Processes(self.name, model, reaper, clock, server, url, workers, standbys)
            stack.push(made.explain)
            until(lambda: all(map(made.ready, [url, *others])), "quorum serve is ready", READY_S)
            made.begun = time.monotonic()
            yield made

    def _environment(self, model: RoomModel, clock: Path, settings: Mapping[str, str]) -> dict[str, str]:
        """Keep the settings of whoever runs the tests out of the processes, and put these in."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUORUM_")},
            **SHORT,
            **self.settings,
            **settings,
            "QUORUM_HOME": str(self.folder / "home"),
            "QUORUM_VOTERS": f'[{{"model": "openai+{model.url}/v1#rooms"}}]',
            "FAULT_KILLS": str(self.folder / "kills"),
            "FAULT_CLOCK": str(clock),
        }
