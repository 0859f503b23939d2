"""A worker process whose handler notes in a folder what it does: `python -m tests.fakes.celery_process URL FOLDER …`.

A payload is `NAME` or `NAME how`. `hold` waits until the file `release` is there, `die` kills its process the first
time, `late` asks for itself again after a minute, `long` the first time lasts until it is told to end, `deaf` lasts
longer and cannot be told. The journal has a line `begin NAME PID TIME` and, at its end, `end NAME PID TIME` for each.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import PostponedError
from bot.settings import Settings, load
from tests.fakes.polling import until
from tests.fakes.warm import WARM, Process
from workers import celery_worker
from workers.celery_dispatch import CeleryDispatcher

LONG_S = 120.0


@dataclass(frozen=True)
class Journal:
    """Handles payloads, and is its own opened worker."""

    folder: Path

    def handler(self, payload: bytes) -> None:
        name, _, how = payload.decode().partition(" ")
        first = not (self.folder / name).exists()
        (self.folder / name).touch()
        self._note("begin", name)
        if how == "hold":
            until((self.folder / "release").exists, "release", LONG_S)
        if how == "late":
            raise PostponedError(60, "later")
        if first and how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if first and how == "deaf":
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # by which Celery tells it
        if first and how in {"long", "deaf"}:
            threading.Event().wait(LONG_S)
        self._note("end", name)

    def close(self) -> None:
        pass

    def _note(self, what: str, name: str) -> None:
        with (self.folder / "journal").open("a") as file:
            file.write(f"{what} {name} {os.getpid()} {time.time()}\n")


@dataclass
class Company:
    """Workers over one queue, and what they noted."""

    url: str
    folder: Path
    visibility_timeout_s: int = 4
    workers: list[Process] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings of all, with a time-out that no person could set."""
        loaded = load(queue=self.url)
        work = loaded.work.model_copy(update={"visibility_timeout_s": self.visibility_timeout_s})
        return loaded.model_copy(update={"work": work})

    def start(self, concurrency: int = 2) -> Process:
        """Start one more worker, and wait until it takes payloads."""
        arguments = [self.url, str(self.folder), str(concurrency), str(self.visibility_timeout_s)]
        log = self.folder / f"worker-{len(self.workers)}.log"
        with log.open("wb") as output:
            self.workers.append(WARM.start(arguments, os.environ, output, module="tests.fakes.celery_process"))
        until(lambda: b"ready for the queue" in log.read_bytes(), f"a worker that is ready:\n{log.read_text()}", 60)
        return self.workers[-1]

    @property
    def said(self) -> str:
        """Everything that the workers logged until now."""
        return "".join(log.read_text() for log in sorted(self.folder.glob("worker-*.log")))

    def submit(self, *payloads: bytes) -> None:
        """Put payloads into the queue."""
        dispatcher = CeleryDispatcher(self.settings)
        for payload in payloads:
            dispatcher.submit(payload)
        dispatcher.close()

    def release(self) -> None:
        """Let everything that is held go on."""
        (self.folder / "release").touch()

    def notes(self, name: str) -> list[tuple[str, int, float]]:
        """Return (what, process, time) for each note on a payload."""
        file = self.folder / "journal"
        lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
        return [(what, int(pid), float(at)) for what, noted, pid, at in lines if noted == name]

    def reached(self, name: str, *course: str, within_s: float = 60.0) -> None:
        """Wait until a payload's notes are these."""
        until(lambda: [what for what, _, _ in self.notes(name)] == list(course), f"{name}: {course}", within_s)

    def close(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.kill()
            worker.wait()


def main(url: str, folder: str, concurrency: str, visibility_timeout_s: str) -> None:
    """Run one worker."""
    company = Company(url, Path(folder), int(visibility_timeout_s))
    celery_worker.consume(company.settings, "answer", int(concurrency), lambda _: Journal(company.folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
