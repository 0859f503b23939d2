"""`quorum search`: the passages that a question finds, without an answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.types import Passage, Retrieval, Scope
    from workers.cli.batches import Line


@click.command("search")
@click.argument("text", required=False)
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Number of passages.")
@click.option("--collection", help="Search this collection only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--batch", type=click.Path(path_type=Path), help="JSON Lines of questions; one line of JSON out for each."
)
def command(text: str | None, k: int, collection: str | None, batch: Path | None, *, as_json: bool) -> None:
    """Show the passages that TEXT finds, best first, with the score of each leg and the evidence for an answer.

    TEXT may be `-` to read a pasted log from standard input.
    """
    if (text is None) == (batch is None):
        message = "Give either a TEXT or --batch FILE."
        raise click.UsageError(message)
    if batch is not None:
        _run_batch(batch, k, collection)
        return
    from workers.cli import session

    asked = session.question(session.given(text or ""), collection)
    with session.parts() as parts:
        retrieval = parts.retriever.retrieve(session.masked(asked.text, parts), _scope(collection, None), k)
        if as_json:
            click.echo(json.dumps(as_data("1", retrieval), ensure_ascii=False))
        else:
            _print(retrieval)
        if not retrieval.passages:
            session.warn_if_empty(parts, collection)


def as_data(identity: str, retrieval: Retrieval) -> dict[str, object]:
    """Shape a retrieval as design.md section 10 has it."""
    return {
        "id": identity,
        "hits": [_hit(passage) for passage in retrieval.passages],
        "evidence": round(retrieval.evidence, 6),
        "answerable": retrieval.answerable,
    }


def _run_batch(batch: Path, k: int, collection: str | None) -> None:
    from workers.cli import batches, progress, session

    lines = batches.read(batch, {"question": str})
    restrictions = [_restriction(batch, line) for line in lines]
    with session.parts() as parts, progress.bar("Searching", len(lines)) as (_, advance):
        for line, documents in zip(lines, restrictions, strict=True):
            scope = _scope(line.fields.get("collection") or collection, documents)
            text = session.masked(line.fields["question"], parts)
            batches.write(as_data(line.id, parts.retriever.retrieve(text, scope, k)))
            advance(line.id)


def _restriction(batch: Path, line: Line) -> list[str] | None:
    from bot.errors import InputError

    documents = line.fields.get("documents")
    if documents is None or (isinstance(documents, list) and all(isinstance(name, str) for name in documents)):
        return documents
    message = f"{str(batch)!r} line {line.number}: 'documents' must be a list of names"
    raise InputError(message)


def _scope(collection: str | None, documents: list[str] | None) -> Scope:
    from bot.types import Scope

    collections = None if collection is None else frozenset({collection})
    return Scope(collections, None if documents is None else frozenset(documents))


def _hit(passage: Passage) -> dict[str, object]:
    return {
        "document": passage.chunk.document,
        "chunk": passage.chunk.id,
        "title": passage.chunk.title,
        "score": round(passage.score, 6),
        "words": round(passage.words, 6),
        "meaning": round(passage.meaning, 6),
        "code": round(passage.code, 6),
    }


def _print(retrieval: Retrieval) -> None:
    from adapters.console import rendering

    rendering.show_passages(retrieval, sys.stdout)
