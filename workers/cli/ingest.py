"""`quorum ingest`: sync files into the index and report every one of them."""

from __future__ import annotations

import functools
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.knowledge.sync import FileRecord, Report
    from bot.wiring import Parts


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--collection", default="default", show_default=True, help="Collection that the documents belong to.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with a record for every file.")
@click.option(
    "--queued", is_flag=True, help="Leave it to `quorum work`, which must see the same paths, and report there."
)
def command(paths: tuple[Path, ...], collection: str, *, as_json: bool, queued: bool) -> None:
    """Bring the files of PATHS into the index: new, changed and removed ones.

    Reads Markdown, text, logs, HTML, PDF, DOCX, XLSX/XLS, PPTX, CSV, JSONL, EPUB, MSG and ZIP. A file that cannot be
    read is refused by name and reason, and its earlier version stays. Exit status 1 when any file was refused.
    """
    from workers.cli import session

    if queued:
        _leave(paths, collection, as_json=as_json)
        return
    with session.parts(building=True) as parts:
        report = ingest(parts, paths, collection)
    (_print_json if as_json else _print_lines)(report)
    if any(record.status == "refused" for record in report.files):
        sys.exit(1)


def _leave(paths: tuple[Path, ...], collection: str, *, as_json: bool) -> None:
    """Put the import into the queue. Raises `ConfigurationError` where no worker would ever see it."""
    from contextlib import closing

    from bot import settings
    from bot.errors import InputError
    from bot.knowledge import files
    from workers import queues

    if as_json:
        message = "--queued has nothing for --json to print."
        raise InputError(message)
    for path in paths:
        files.check(path)
    with closing(queues.open_dispatcher(settings.load())) as dispatcher:
        dispatcher.ingest([str(path.resolve()) for path in paths], collection)
    click.echo(f"queued: {len(paths)} paths for the collection {collection!r}; `quorum work` reports on them", err=True)


def ingest(parts: Parts, paths: tuple[Path, ...], collection: str) -> Report:
    """Sync the paths with a progress bar, then fit the evidence's null to what the index holds now.

    `parts` are opened for building: what another version of the index holds is carried over first, and published last.
    """
    from bot import wiring
    from bot.knowledge import indexing, inheritance, sync
    from bot.retrieval import profile
    from workers.cli import progress

    prepare = functools.partial(indexing.prepare, embedder=parts.embedder, line_embedder=parts.line_embedder)
    with progress.bar("Carrying over") as (total, advance):
        inheritance.carry_over(parts.index, prepare, total, advance)
    since, before = parts.index.generation(), _size(parts)
    with progress.bar("Reading") as (total, advance):
        report = sync.sync(
            paths,
            collection,
            parts.index,
            prepare,
            parts.settings.ingest,
            on_file=lambda record: advance(record.path),
            on_total=total,
        )
    inheritance.publish(parts.index)
    _note(parts, collection, report)
    indexed = sum(record.chunks for record in report.files if record.status == "indexed")
    drift = profile.Drift(since, indexed + max(0, before + indexed - _size(parts)))
    opened = wiring.reopen(parts)
    try:
        ask = opened.retriever.candidates
        profile.refresh(opened.store, opened.settings.index_url, opened.index, opened.embedder.name, ask, drift)
    finally:
        opened.index.close()
    return report


def _note(parts: Parts, collection: str, report: Report) -> None:
    """Remember what there is to know now, for people who ask."""
    from bot.knowledge import shelving

    held = shelving.Collection(collection, len(parts.index.documents(collection)), time.time())
    shelving.note(parts.store, held, changed=report.changed)


def _size(parts: Parts) -> int:
    return sum(document.chunks for document in parts.index.documents())


def _print_json(report: Report) -> None:
    files = [
        {
            "path": record.path,
            "status": record.status,
            "reason": record.reason,
            "detail": record.detail,
            "warnings": list(record.warnings),
            "chunks": record.chunks,
        }
        for record in report.files
    ]
    click.echo(json.dumps({"files": files, "seconds": round(report.seconds, 3)}, ensure_ascii=False))


def _print_lines(report: Report) -> None:
    """Name what changed, then count; unchanged files are counted only."""
    for record in report.files:
        if record.status != "unchanged" or record.warnings:
            click.echo(_line(record))
    counts = [(status, sum(record.status == status for record in report.files)) for status in _STATUSES]
    summary = ", ".join(f"{count} {status}" for status, count in counts)
    click.echo(f"{summary} in {report.seconds:.1f} s")


_STATUSES = ("indexed", "unchanged", "removed", "refused")


def _line(record: FileRecord) -> str:
    chunks = f" ({record.chunks} chunks)" if record.status == "indexed" else ""
    why = f": {record.reason}: {record.detail}" if record.status == "refused" else ""
    warnings = "".join(f"\n          warning: {warning}" for warning in record.warnings)
    return f"{record.status:>9} {record.path}{chunks}{why}{warnings}"
