"""`quorum` commands that end by themselves, or are killed when something outside can be seen of their work."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from contextlib import closing, suppress
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
    """Run the command; return what it prints, or None where it was killed first, its children left alone."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = WARM.start([*map(str, arguments)], os.environ | settings, err, out)
        while killed_when and process.poll() is None:
            if killed_when():
                process.kill()
                break
            threading.Event().wait(LOOK_S)
        status = process.wait()
        if killed_when and status < 0:
            return None
        out.seek(0)
        err.seek(0)
        assert status == 0, err.read().decode()
        return out.read().decode()


def grown(progress: Callable[[], int], by: int) -> Callable[[], bool]:
    """Return what tells whether a number has grown by so much since now; by nothing is true at once."""
    before = progress()
    return lambda: progress() >= before + by


def changes(home: Path) -> int:
    """Return how often the index in files was changed: two for each batch, as it begins and when it is whole."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(home / "index" / "counts.db")) as file:
        (number,) = file.execute("SELECT generation FROM state").fetchone()
        return int(number)
    return 0


def written(url: str, name: str) -> int:
    """Return how many documents were written to Elasticsearch's indexes whose names begin so, searchable or not."""
    found = LOOKING.get(f"{url}/{name}*/_stats/indexing", timeout=STATS_S).json()
    return int(found["_all"]["primaries"].get("indexing", {}).get("index_total", 0))
