"""`quorum ask`: the whole pipeline for one question or a batch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.types import Answer, Vote


@click.command("ask")
@click.argument("text", required=False)
@click.option("--collection", help="Answer from this collection only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--batch", type=click.Path(path_type=Path), help="JSON Lines of questions; one line of JSON out for each."
)
def command(text: str | None, collection: str | None, batch: Path | None, *, as_json: bool) -> None:
    """Answer TEXT from the documents, with numbered sources and with how many samples agreed, or refuse.

    TEXT may be `-` to read a pasted log from standard input.
    """
    if (text is None) == (batch is None):
        message = "Give either a TEXT or --batch FILE."
        raise click.UsageError(message)
    if batch is not None:
        _run_batch(batch, collection)
        return
    from workers.cli import session

    asked = session.question(sys.stdin.read() if text == "-" else text or "", collection)
    with session.parts() as parts:
        answer = parts.bot.answer(asked)
    if as_json:
        click.echo(json.dumps(as_data("1", answer), ensure_ascii=False))
    else:
        from adapters.console import rendering

        rendering.show_answer(answer, sys.stdout)


def as_data(identity: str, answer: Answer) -> dict[str, object]:
    """Shape an answer as design.md section 10 has it; `text` is all that people read, the notices too."""
    return {
        "id": identity,
        "outcome": answer.outcome,
        "text": "\n\n".join([answer.text, *answer.notices]),
        "citations": [
            {
                "number": citation.number,
                "document": citation.document,
                "chunk": citation.chunk,
                "title": citation.title,
                "place": citation.place,
                "url": citation.url,
                "quote": citation.quote,
            }
            for citation in answer.citations
        ],
        "vote": _vote(answer.vote),
        "confidence": round(answer.confidence, 4),
        "seconds": round(answer.seconds, 4),
    }


def _vote(vote: Vote | None) -> dict[str, object]:
    """Shape a vote; a question that was refused before any sample was taken has an empty one."""
    if vote is None:
        return {"clusters": [], "used": 0, "spoilt": 0, "agreement": 0.0}
    return {
        "clusters": [{"key": cluster.key, "count": cluster.count} for cluster in vote.clusters],
        "used": vote.used,
        "spoilt": vote.spoilt,
        "agreement": round(vote.agreement, 4),
    }


def _run_batch(batch: Path, collection: str | None) -> None:
    from workers.cli import batches, progress, session

    lines = batches.read(batch, {"question": str})
    with session.parts() as parts, progress.bar("Answering", len(lines)) as (_, advance):
        for line in lines:
            asked = session.question(line.fields["question"], line.fields.get("collection") or collection, line.id)
            batches.write(as_data(line.id, parts.bot.answer(asked)))
            advance(line.id)
