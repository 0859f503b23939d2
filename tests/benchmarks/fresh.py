"""What a newcomer does on a fresh clone: install, `make demo`, `check` and `test`; and the tests that kill `ingest`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rows import Bench, Missing, Row, at_most

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
KILLING = [
    f"tests/faults/test_{name}.py" for name in ("command_killed", "embedder_changed", "index_killed", "ingest_killed")
]


def install(bench: Bench) -> list[Row]:
    """Install the distribution without extras into an empty environment and weigh it."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        raise Missing(uv.name)
    folder = bench.work / "venv"
    _run([uv, "venv", "--quiet", "--python", sys.executable, folder])
    pins = ROOT / "constraints.txt"
    began = time.perf_counter()
    _run([uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", "-c", pins, _clone(bench)])
    seconds = time.perf_counter() - began
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink()) / 1e6
    return [at_most("Default install", 800, size, "MB", f"installed in {seconds:.0f} s")]


def demo(bench: Bench) -> list[Row]:
    """Time `make demo` in a fresh clone."""
    return [at_most("Fresh clone, `make demo`", 180, _make(_clone(bench), bench, "demo"), "s")]


def check(bench: Bench) -> list[Row]:
    """Time `make check` in a fresh clone that is installed, and again with the caches that it left."""
    folder = _clone(bench)
    seconds = [_make(folder, bench, target) for target in ("install", "check", "check")][1:]
    return [at_most("`make check`", 90, seconds[1], "s", f"{seconds[0]:.0f} s the first time, without mypy's cache")]


def tests(bench: Bench) -> list[Row]:
    """Time `make test` in a fresh clone."""
    return [at_most("Fresh clone, `make test`", 1200, _make(_clone(bench), bench, "test"), "s")]


def kills(bench: Bench) -> list[Row]:
    """Run the tests that kill `quorum ingest` at many points."""
    bench.say("killing ingestions")
    what = "Killing `quorum ingest`: old version searchable, next run finishes, nothing doubled"
    command = [sys.executable, "-m", "pytest", "-q", *KILLING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1:]
    return [Row(what, "tests pass", last[0].strip("= ") if last else "no tests", met=done.returncode == 0)]


def _clone(bench: Bench) -> Path:
    folder = bench.work / "clone"
    _run(["git", "clone", "--quiet", ROOT, folder])
    return folder


def _make(folder: Path, bench: Bench, target: str) -> float:
    began = time.perf_counter()
    _run(["make", target], folder, {"QUORUM_DATA": str(bench.data)})
    return time.perf_counter() - began


def _run(command: list[str | Path], cwd: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUORUM_", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd, env=own | dict(settings or {}), capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(map(str, command))} ended with {done.returncode}: {(done.stderr + done.stdout)[-2000:]}"
        raise RuntimeError(message)
