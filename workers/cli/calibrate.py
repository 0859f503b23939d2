"""`quorum calibrate`: fit the evidence score to labelled questions of the knowledge base itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.retrieval.candidates import Candidates
    from bot.wiring import Parts
    from workers.cli.batches import Line

ENOUGH = 50
"""Labelled questions from which on the fit is worth more than the shipped weights (findings.md, "Evidence")."""


@click.command("calibrate")
@click.argument("labelled", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(labelled: Path, *, as_json: bool) -> None:
    """Fit evidence to the JSON Lines file LABELLED of {"question", "answerable"}, and store it with date and data.

    A golden set serves too. At least 50 questions, some of each kind, are worth the fit.
    """
    from bot.evaluation import calibration
    from bot.retrieval import profile
    from workers.cli import batches, session

    lines = batches.read(labelled, {"question": str, "answerable": bool})
    _refuse_one_sided(labelled, lines)
    with session.parts() as parts:
        rows = _rows(parts, lines)
        before = profile.load(parts.store, parts.settings.index_url)
        fitted = calibration.calibrate(rows, before)
        profile.save(parts.store, parts.settings.index_url, fitted.profile)
    click.echo(json.dumps(fitted.figures) if as_json else _summary(fitted.figures, len(lines)))


def _rows(parts: Parts, lines: list[Line]) -> list[tuple[Candidates, bool]]:
    from bot.types import Scope
    from workers.cli import progress, session

    rows = []
    with progress.bar("Searching", len(lines)) as (_, advance):
        for line in lines:
            collection = line.fields.get("collection")
            scope = Scope(None if collection is None else frozenset({collection}))
            text = session.masked(line.fields["question"], parts)
            found = parts.retriever.candidates(text, scope, parts.settings.retrieval.passages)
            rows.append((found, line.fields["answerable"]))
            advance(line.id)
    return rows


def _refuse_one_sided(labelled: Path, lines: list[Line]) -> None:
    from bot.errors import InputError

    answerable = sum(line.fields["answerable"] for line in lines)
    if not lines or answerable in {0, len(lines)}:
        message = (
            f"{str(labelled)!r} holds {answerable} answerable and {len(lines) - answerable} unanswerable questions; "
            f"give at least one of each, better {ENOUGH} in all"
        )
        raise InputError(message)
    if len(lines) < ENOUGH:
        click.echo(f"Only {len(lines)} questions: {ENOUGH} or more make a fit that can be relied on.", err=True)


def _summary(figures: dict[str, float], questions: int) -> str:
    rows = "\n".join(f"  {name:<24} {value:.3f}" for name, value in figures.items())
    return f"Fitted to {questions} questions, cross-validated:\n{rows}"
