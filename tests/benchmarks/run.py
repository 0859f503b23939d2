"""`make bench`: runs the benchmarks one after the other and writes docs/benchmarks.md."""

from __future__ import annotations

import importlib
import os
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from tests.benchmarks import page
from tests.benchmarks.rows import Bench, Missing, Row

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"

BENCHMARKS = {
    "cmrc": "finding:cmrc",
    "mariadb": "finding:mariadb",
    "clinc": "refusing:clinc_hashing",
    "clinc-minilm": "refusing:clinc_minilm",
    "evidence": "refusing:evidence",
    "clustering": "ballots:human_answers",
    "opposites": "ballots:opposites",
    "game24": "ballots:game24",
    "gsm8k": "ballots:gsm8k",
    "markitdown-files": "files:markitdown",
    "pdfminer-samples": "files:pdfminer",
    "dbot-diagnosis": "files:dbot",
    "codes": "grammar:speed",
    "search": "speed:search",
    "ingestion": "loading:rate",
    "sync": "loading:sync",
    "pipeline": "serving:pipeline",
    "help": "serving:start",
    "logs": "logs:stream",
    "masking": "masking:bars",
    "ocr": "ocr:recovered",
    "elastic-search": "elastic:search",
    "elastic-ingestion": "elastic:ingestion",
    "burst": "fleet:burst",
    "scaling": "fleet:scaling",
    "celery-overhead": "fleet:overhead",
    "answer-cache": "fleet:cached",
    "slack": "slack:embedded",
    "slack-celery": "slack:celery",
    "wecom": "wecom:embedded",
    "wecom-celery": "wecom:celery",
}
"""Name to module and function; a module is imported only when its benchmark runs."""

ON_DEMAND = {
    "install": "fresh:install",
    "demo": "fresh:demo",
    "check": "fresh:check",
    "tests": "fresh:tests",
    "kills": "fresh:kills",
}
"""Benchmarks that clone and install, or run tests: only with `--only`, or all of them with `--full`."""


@click.command()
@click.option("--only", multiple=True, type=click.Choice([*BENCHMARKS, *ON_DEMAND]), help="Run this one; repeatable.")
@click.option("--full", is_flag=True, help="Run the ones on a fresh clone too.")
@click.option("--quick", is_flag=True, help="Smaller: rough figures, marked as such.")
def main(only: tuple[str, ...], *, full: bool, quick: bool) -> None:
    """Measure, keep the rows in docs/benchmarks, and write docs/benchmarks.md. Exit status 1 when a bar is missed."""
    everything = BENCHMARKS | ON_DEMAND
    names = only or tuple(everything if full else BENCHMARKS)
    console = Console(stderr=True, highlight=False)
    rows = [row for name in names for row in measure(name, everything[name], console, quick=quick)]
    missed = [row for row in rows if row.met is False]
    kept = page.read(KEPT, list(everything))
    measured = {run.name for run in kept}
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page.render(kept, [name for name in everything if name not in measured]), encoding="utf-8")
    console.print(f"{PAGE.relative_to(ROOT)} is written; {len(missed)} bars missed just now")
    raise SystemExit(1 if missed else 0)


def measure(name: str, target: str, console: Console, *, quick: bool) -> list[Row]:
    """Run one benchmark in an empty folder and keep its rows; one whose data is missing is named and skipped."""
    module, _, function = target.partition(":")
    data = Path(os.environ.get("QUORUM_DATA") or ROOT.parent / "shared" / "data")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as work, console.status(name) as status:
        bench = Bench(data, Path(work), quick, lambda text: status.update(f"{name}: {text}"))
        try:
            rows: list[Row] = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)(bench)
        except Missing as exc:
            console.print(f"{name}: skipped, {exc} is not there")
            return []
    seconds = time.perf_counter() - began
    page.keep(name, rows, seconds, KEPT, quick=quick)
    for row in rows:
        mark = {True: "[green]met [/green]", False: "[red]MISS[/red]", None: "    "}[row.met]
        console.print(f"{mark} {row.what}: {row.measured} ({row.bar}) {row.floor}", soft_wrap=True)
    console.print(f"     {name} took {seconds:.0f} s", style="dim")
    return rows


if __name__ == "__main__":
    main()
