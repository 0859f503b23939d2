"""What a benchmark is given and what it returns. A benchmark is a function `Bench -> list[Row]`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One line of docs/benchmarks.md; `met` is None where no bar is set or nothing could be measured."""

    what: str
    bar: str
    measured: str
    floor: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the open data lies, an empty folder to work in, and whether a rough figure will do."""

    data: Path
    work: Path
    quick: bool
    say: Callable[[str], None]

    def source(self, name: str) -> Path:
        """Return the folder of one data set; raises `Missing` when it is not there."""
        folder = self.data / name
        if not folder.is_dir():
            raise Missing(name)
        return folder


class Missing(Exception):  # noqa: N818 - it skips a benchmark, nothing went wrong
    """Raised when a data set or a library that a benchmark needs is not there."""


def at_least(what: str, bar: float, measured: float, floor: str = "", digits: int = 3) -> Row:
    """Make a row whose measured figure must not be below the bar."""
    return Row(what, f"≥ {bar:g}", f"{measured:.{digits}f}", floor, measured >= bar)


def at_most(what: str, bar: float, measured: float, unit: str = "", floor: str = "") -> Row:
    """Make a row whose measured figure must not be above the bar."""
    suffix = f" {unit}" if unit else ""
    shown = f"{measured:,.0f}" if measured >= 100 else f"{measured:.3g}"
    return Row(what, f"≤ {bar:g}{suffix}", f"{shown}{suffix}", floor, measured <= bar)
