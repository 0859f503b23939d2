"""A time of day that a test can set, in a process that was made for it.

`datetime` cannot be replaced: libraries in C rely on its size. What measures durations is not touched, as in life.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TRUE = time.time
_files: list[Path] = []


def install() -> None:
    """Let `time.time` be replaced, before a library takes it by its name; until `follow` it tells the truth."""
    time.time = _told


def follow(file: Path) -> None:
    """Let the time of day be so many seconds off as the file says, at any moment."""
    install()
    _files[:] = [file]


def _told() -> float:
    return _TRUE() + sum(float(file.read_text()) for file in _files)
