"""`quorum serve` as a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

START_S = 60.0
ANSWER_S = 120.0
LOOK_S = 0.05


class Serving:
    """Starts with the block and is killed at its end, unless it was stopped before."""

    def __init__(self, home: Path, log: Path, *, messenger: str = "web", **settings: str) -> None:
        environment = os.environ | {"QUORUM_HOME": str(home), "QUORUM_HTTP__PORT": "0"} | settings
        self._log = log
        with log.open("wb") as file:
            self._process = WARM.start(["serve", messenger], environment, file)

    def __enter__(self) -> Self:
        found = re.compile(r"^listening on (http://\S+)$", re.MULTILINE)
        deadline = time.monotonic() + START_S
        while not (match := found.search(self.said)):
            assert self._process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            threading.Event().wait(LOOK_S)
        self.web = httpx.Client(base_url=match.group(1), trust_env=False, timeout=30)
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.web.close()
        self.kill()

    @property
    def said(self) -> str:
        """Everything on standard error until now."""
        return self._log.read_text(encoding="utf-8")

    def ask(self, text: str, **fields: str) -> str:
        """Ask; return the question's id."""
        reply = self.web.post("/api/questions", json={"text": text, **fields})
        assert reply.is_success, reply.text
        return str(reply.json()["id"])

    def state(self, question_id: str) -> str:
        """Return how far the question is."""
        return str(self.web.get(f"/api/questions/{question_id}").json()["state"])

    def answer(self, question_id: str) -> Any:  # noqa: ANN401 - JSON
        """Wait until the question is answered, and return the answer."""
        deadline = time.monotonic() + ANSWER_S
        while True:
            view = self.web.get(f"/api/questions/{question_id}").json()
            if view["state"] == "done":
                return view["answer"]
            assert time.monotonic() < deadline, view
            threading.Event().wait(LOOK_S)

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(START_S)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
