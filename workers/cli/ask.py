"""`quorum ask`: the whole pipeline for one question or a batch."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.answering.shape import as_data

if TYPE_CHECKING:
    from bot.ports import Answerer
    from bot.types import Answer, Question
    from workers.cli.batches import Line


@click.command("ask")
@click.argument("text", required=False)
@click.option("--collection", help="Answer from this collection only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--compare", is_flag=True, help="Show beside it what the models say without documents.")
@click.option(
    "--batch", type=click.Path(path_type=Path), help="JSON Lines of questions; one line of JSON out for each."
)
def command(text: str | None, collection: str | None, batch: Path | None, *, as_json: bool, compare: bool) -> None:
    """Answer TEXT from the documents, with numbered sources and with how many samples agreed, or refuse.

    TEXT may be `-` to read a pasted log from standard input. A question of a batch that the model server fails on has
    the outcome `failed`, the others are answered, and the exit status is 1.
    """
    if (text is None) == (batch is None):
        message = "Give either a TEXT or --batch FILE."
        raise click.UsageError(message)
    if batch is not None and compare:
        message = "--compare goes with one TEXT, not with --batch."
        raise click.UsageError(message)
    if batch is not None:
        _run_batch(batch, collection)
        return
    from workers.cli import session

    asked = session.question(session.given(text or ""), collection)
    with session.parts() as parts:
        unaided = parts.bot.answer(replace(asked, task="compare")) if compare else None
        answer = parts.bot.answer(asked)
        _show(answer, unaided, as_json=as_json)
        if answer.outcome == "refused":
            session.warn_if_empty(parts, collection)


def _show(answer: Answer, unaided: Answer | None, *, as_json: bool) -> None:
    if as_json:
        beside = {} if unaided is None else {"unaided": as_data("1", unaided)["text"]}
        click.echo(json.dumps(as_data("1", answer) | beside, ensure_ascii=False))
        return
    from adapters.console import rendering

    if unaided is None:
        rendering.show_answer(answer, sys.stdout)
    else:
        rendering.show_comparison(unaided, answer, sys.stdout)


def _run_batch(batch: Path, collection: str | None) -> None:
    """Answer line by line; a question that the models fail on is told, answered with a failure, and passed over."""
    from workers.cli import batches, progress, session

    lines = batches.read(batch, {"question": str})
    questions = [_question(batch, line, collection) for line in lines]
    failed = False
    with session.parts() as parts, progress.bar("Answering", len(lines)) as (_, advance):
        for line, asked in zip(lines, questions, strict=True):
            answer = _answer(parts.bot, asked)
            failed = failed or answer.outcome == "failed"
            batches.write(as_data(line.id, answer))
            advance(line.id)
    if failed:
        sys.exit(1)


def _question(batch: Path, line: Line, collection: str | None) -> Question:
    from bot.errors import InputError
    from workers.cli import session

    try:
        return session.question(line.fields["question"], line.fields.get("collection") or collection, line.id)
    except InputError as exc:
        message = f"{str(batch)!r} line {line.number}: {exc}"
        raise InputError(message) from exc


def _answer(bot: Answerer, asked: Question) -> Answer:
    from bot.errors import ModelRejectedError, ModelReplyError, ModelUnavailableError
    from workers.failing import failure

    try:
        return bot.answer(asked)
    except (ModelRejectedError, ModelReplyError, ModelUnavailableError) as exc:
        click.echo(f"quorum: question {asked.id!r}: {exc}", err=True)
        return failure(asked)
