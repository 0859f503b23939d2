"""`quorum evaluate`: figures on a golden set, and a report with plots."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO

    from bot.evaluation.datasets import Golden
    from bot.evaluation.running import Answered, Evaluation
    from bot.settings import Settings
    from bot.wiring import Parts

_DEPTH = 10
_GAP = 2
"""Blanks around each column of a table."""


@click.command("evaluate")
@click.argument("golden", type=click.Path(path_type=Path))
@click.option("--ablation", is_flag=True, help="Also measure each leg and smaller votes on the same questions.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="HTML file to write; default QUORUM_HOME/evaluation.html."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(golden: Path, report: Path | None, *, ablation: bool, as_json: bool) -> None:
    """Ask every question of the JSON Lines file GOLDEN and compare with its right documents and answer keys."""
    from bot.evaluation import datasets, running
    from workers.cli import progress, session

    questions = datasets.read_golden(golden)
    with session.parts() as parts:
        variants = _variants(parts) if ablation else {"all": _answerer(parts, parts.settings)}
        with progress.bar("Evaluating", len(questions) * len(variants)) as (_, advance):
            runs = running.ablate(questions, variants, lambda done: advance(str(done)))
        _write_report(runs, report or parts.settings.home / "evaluation.html")
    if as_json:
        data = {name: running.as_json(run) for name, run in runs.items()}
        click.echo(json.dumps(data if ablation else data["all"], ensure_ascii=False))
    else:
        show(runs, sys.stdout)


def _variants(parts: Parts) -> Mapping[str, Callable[[Golden], Answered]]:
    """Name the whole pipeline first, then one with each part taken away."""
    settings = parts.settings
    variants = {"all": settings}
    for legs in ("words", "meaning"):
        variants[legs] = settings.model_copy(update={"retrieval": settings.retrieval.model_copy(update={"legs": legs})})
    for policy in ("fixed:1", "fixed:3"):
        variants[policy] = settings.model_copy(update={"voting": settings.voting.model_copy(update={"policy": policy})})
    return {name: _answerer(parts, changed) for name, changed in variants.items()}


def _answerer(parts: Parts, settings: Settings) -> Callable[[Golden], Answered]:
    from bot import wiring
    from bot.evaluation import running
    from bot.types import Scope
    from workers.cli import session

    retriever, bot = wiring.variant(parts, settings)

    def answer(item: Golden) -> Answered:
        scope = Scope(None if item.collection is None else frozenset({item.collection}))
        retrieval = retriever.retrieve(session.masked(item.question, parts), scope, _DEPTH)
        return running.answered(retrieval, bot.answer(session.question(item.question, item.collection, item.id)))

    return answer


def _write_report(runs: Mapping[str, Evaluation], file: Path) -> None:
    from bot.errors import InputError, MissingExtraError
    from bot.evaluation import report

    try:
        html = report.render_html(runs["all"], {name: run for name, run in runs.items() if name != "all"})
    except MissingExtraError as exc:
        click.echo(f"No HTML report was written. {exc}", err=True)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(html, encoding="utf-8")
    except OSError as exc:
        message = f"The report {str(file)!r} cannot be written: {exc.strerror}. Choose another place with --report."
        raise InputError(message) from exc
    click.echo(f"Report: {file}", err=True)


def show(runs: Mapping[str, Evaluation], stream: TextIO) -> None:
    """Write the figures in full: in as many tables as a terminal needs, in one of any width where there is none."""
    from rich.console import Console
    from rich.table import Table

    from bot.evaluation import running

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    widest = console.width if stream.isatty() else None
    for name, run in runs.items():
        for width, columns in _tables(running.summary_table(run), widest):
            table = Table(title=None if len(runs) == 1 else name, box=None)
            for head, *_ in columns:
                table.add_column(head, no_wrap=True)
            for row in zip(*(column[1:] for column in columns), strict=True):
                table.add_row(*row)
            console.width = width
            console.print(table)


def _tables(rows: Sequence[tuple[str, ...]], widest: int | None) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Part the columns into tables that fit, each with the first column in front and one other at least."""
    first, *others = zip(*rows, strict=True)
    used, part = _width(first), [first]
    for column in others:
        if widest is not None and len(part) > 1 and used + _width(column) > widest:
            yield used, part
            used, part = _width(first), [first]
        used, part = used + _width(column), [*part, column]
    yield used, part


def _width(column: tuple[str, ...]) -> int:
    from rich.cells import cell_len

    return max(cell_len(text) for text in column) + _GAP
