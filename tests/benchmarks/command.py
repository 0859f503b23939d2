"""The `quorum` command in a process of its own, as users run it, with its state in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM = Path(sys.executable).with_name("quorum")


@dataclass(frozen=True, slots=True)
class Quorum:
    """One knowledge base: `home` is its QUORUM_HOME, `settings` are further QUORUM_… variables."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, accept: Sequence[int] = (0,), settings: Mapping[str, str] | None = None) -> str:
        """Run the command and return its standard output; raises RuntimeError with what it said on failure."""
        self.home.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QUORUM_")}
        environment |= {"QUORUM_HOME": str(self.home), "HF_HUB_OFFLINE": "1", **self.settings, **(settings or {})}
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode not in accept:
            message = f"quorum {' '.join(arguments)[:200]} ended with {done.returncode}: {done.stderr[-2000:]}"
            raise RuntimeError(message)
        return done.stdout

    def ingest(self, *paths: Path) -> dict[str, Any]:
        """Ingest the paths and return the report; refused files are no failure."""
        report: dict[str, Any] = json.loads(self.run("ingest", *map(str, paths), "--json", accept=(0, 1)))
        return report

    def timed_ingest(self, *paths: Path) -> float:
        """Ingest the paths and return the seconds from the start of the process to its end."""
        start = time.perf_counter()
        self.run("ingest", *map(str, paths), "--json", accept=(0, 1))
        return time.perf_counter() - start

    def search(self, questions: Iterable[Mapping[str, object]], k: int = 10, **settings: str) -> list[dict[str, Any]]:
        """Search a batch and return one result a question, in their order."""
        return self._batch("search", questions, "-k", str(k), settings=settings)

    def vote(self, ballots: Iterable[Mapping[str, object]], *options: str) -> list[dict[str, Any]]:
        """Replay recorded samples and return one result a question, in their order."""
        return self._batch("vote", ballots, *options)

    def _batch(
        self,
        command: str,
        lines: Iterable[Mapping[str, object]],
        *options: str,
        settings: Mapping[str, str] | None = None,
    ) -> list[Any]:
        self.home.mkdir(parents=True, exist_ok=True)
        batch = self.home / "batch.jsonl"
        batch.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        # No splitlines: it would part JSON at U+2028, which JSON leaves unescaped.
        return [
            json.loads(line)
            for line in self.run(command, "--batch", str(batch), *options, settings=settings).split("\n")
            if line
        ]
