"""Processes that all open the same new file at the same moment, again and again."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

PROCESSES, FILES = 4, 60
_PATIENCE_S = 20


def opened_at_once(folder: Path, opener: Callable[[Path], Any]) -> list[int | None]:
    """Open sixty new files of a folder in four processes at once, and return the processes' exit statuses."""
    forking = multiprocessing.get_context("fork")
    together = forking.Barrier(PROCESSES)
    crowd = [forking.Process(target=_open_all, args=(folder, opener, together)) for _ in range(PROCESSES)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    return [each.exitcode for each in crowd]


def _open_all(folder: Path, opener: Callable[[Path], Any], together: Barrier) -> None:
    for number in range(FILES):
        together.wait(_PATIENCE_S)
        with closing(opener(folder / f"{number}.db")):
            pass
