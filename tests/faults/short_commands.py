"""`quorum` commands that end by themselves, or are killed before."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Settings = dict[str, str]


def run(settings: Mapping[str, str], *arguments: str | Path, killed_after_s: float | None = None) -> str | None:
    """Run the command; return what it prints, or None where it was killed after a while, its children left alone."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = WARM.start([*map(str, arguments)], os.environ | settings, err, out)
        try:
            status = process.wait(killed_after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
        out.seek(0)
        err.seek(0)
        assert status == 0, err.read().decode()
        return out.read().decode()


def timed(settings: Mapping[str, str], *arguments: str | Path) -> float:
    """Run the command, and return how many seconds it took here and now."""
    begun = time.monotonic()
    run(settings, *arguments)
    return time.monotonic() - begun
