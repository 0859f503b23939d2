"""Keeps each benchmark's rows as JSON in docs/benchmarks, and writes docs/benchmarks.md from all that are kept."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARIES = ("lancedb", "pyarrow", "numpy", "bm25s", "faiss-cpu", "sentence-transformers", "torch", "pypdfium2")

HEAD = """<!-- Written by `make bench`; do not edit. -->
# Benchmarks

Every figure comes from `make bench` on the open data sets (`QUORUM_DATA`). Quality figures go through the command line:
the sets are written as files, then `quorum ingest`, `quorum search --batch` and `quorum vote --batch` do the rest.
`scripts/bench.py --only cmrc` measures one part again; the other parts keep their figures and their date.

"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one benchmark with when, on what and for how long they were measured."""

    name: str
    rows: tuple[Row, ...]
    date: str
    machine: str
    versions: str
    seconds: float
    quick: bool


def keep(name: str, rows: Sequence[Row], seconds: float, folder: Path, *, quick: bool) -> None:
    """Write one benchmark's rows; an earlier measurement of it is replaced."""
    now = datetime.now(tz=UTC).date().isoformat()
    kept = Kept(name, tuple(rows), now, machine(), versions(), round(seconds, 1), quick)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(asdict(kept), ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder: Path, order: Sequence[str]) -> list[Kept]:
    """Read what is kept, in the order given; names that were never measured are left out."""
    found = []
    for name in order:
        file = folder / f"{name}.json"
        if file.exists():
            data = json.loads(file.read_text(encoding="utf-8"))
            found.append(Kept(**data | {"rows": tuple(Row(**row) for row in data["rows"])}))
    return found


def render(kept: Sequence[Kept], missing: Sequence[str]) -> str:
    """Render the page: machine and versions, one table, and what was not measured."""
    lines = [HEAD, "| what | bar | measured | beside it | met |\n|---|---|---|---|---|\n"]
    lines += [_line(row, run) for run in kept for row in run.rows]
    bars = [row.met for run in kept for row in run.rows if row.met is not None]
    lines.append(f"\n{sum(bars)} of {len(bars)} bars met.\n\n## Measured on\n\n")
    settings = dict.fromkeys((run.date, run.machine, run.versions) for run in kept)
    for setting in settings:
        names = [
            f"{run.name} ({run.seconds:.0f} s)" for run in kept if (run.date, run.machine, run.versions) == setting
        ]
        lines.append(f"- {setting[0]}, {setting[1]}; {setting[2]}: {', '.join(names)}\n")
    if missing:
        lines.append(f"\nNot measured: {', '.join(missing)}.\n")
    return "".join(lines)


def machine() -> str:
    """Describe the machine: processor, cores, memory and system; never its name."""
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"


def versions() -> str:
    """Name Python and the libraries that the figures depend on, with their versions."""
    found = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _line(row: Row, run: Kept) -> str:
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    measured = row.measured + (" (quick run)" if run.quick else "")
    cells = [cell.replace("|", "\\|") for cell in (row.what, row.bar, measured, row.floor, met)]
    return f"| {' | '.join(cells)} |\n"
