"""`quorum` commands that end by themselves, or are killed when something outside can be seen of their work."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from tests.fakes.warm import WARM
from tests.faults.processes import LOOKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Settings = dict[str, str]

LOOK_S = 0.005
STATS_S = 10.0


def run(
    settings: Mapping[str, str], *arguments: str | Path, killed_when: Callable[[], bool] | None = None
) -> str | None:
    """Run the command; return what it prints, or None where it was killed here first, its children left alone."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = WARM.start([*map(str, arguments)], os.environ | settings, err, out)
        is_killed = False
        while killed_when and not is_killed and process.poll() is None:
            if is_killed := killed_when():
                process.kill()
            else:
                threading.Event().wait(LOOK_S)
        status = process.wait()
        if is_killed and status == -signal.SIGKILL:
            return None
        out.seek(0)
        err.seek(0)
        assert status == 0, err.read().decode()
        return out.read().decode()


def grown(progress: Callable[[], int], by: int) -> Callable[[], bool]:
    """Return what tells whether a number has grown by so much since now; by nothing is true at once."""
    before = progress()
    return lambda: progress() >= before + by


class Changes:
    """Counts the changes of an index in files, if asked often enough: one as a batch begins, one as it is whole."""

    def __init__(self, home: Path) -> None:
        """Take the home, whose index must be there at the first call."""
        self._file = home / "index" / "counts.db"
        self._seen = (0, 0)
        self._count = 0

    def __call__(self) -> int:
        """Return how many changes were seen since the first call."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as file:
            found = file.execute("SELECT generation, unsettled FROM state").fetchone()
        if found != self._seen:
            self._count += 2 if found[1] == self._seen[1] else 1  # the other kind came in between
            self._seen = found
        return self._count


def written(url: str, name: str) -> int:
    """Return how many documents were written to Elasticsearch's indexes whose names begin so, searchable or not."""
    found = LOOKING.get(f"{url}/{name}*/_stats/indexing", timeout=STATS_S).json()
    return int(found["_all"]["primaries"].get("indexing", {}).get("index_total", 0))
