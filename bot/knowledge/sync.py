"""Brings the index in line with files: only what changed is read, what is gone is removed, every file is reported."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal

from bot.errors import InputError
from bot.knowledge import assembly, files, intake
from bot.knowledge.catalogue import Catalogue, File, digest, file_of
from bot.knowledge.writing import Writer
from bot.types import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.knowledge.documents import Draft
    from bot.knowledge.files import Source
    from bot.knowledge.intake import Outcome
    from bot.ports import Index
    from bot.settings import Ingesting
    from bot.types import Chunk, IndexedChunk

Status = Literal["indexed", "unchanged", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file; `path` is relative to the ingested root and names its document in search.

    `chunks` counts what the index holds of the file afterwards.
    """

    path: str
    status: Status
    reason: Reason | None = None
    detail: str = ""
    warnings: tuple[str, ...] = ()
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One record a file, those of removed files last, and whether the index changed."""

    files: tuple[FileRecord, ...]
    seconds: float
    changed: bool


def sync(  # noqa: PLR0913, PLR0917 - the two watchers are for progress bars; everything else is what a sync is
    paths: Sequence[Path],
    collection: str,
    index: Index,
    prepare: Callable[[Sequence[Chunk]], list[IndexedChunk]],
    settings: Ingesting,
    on_file: Callable[[FileRecord], None] | None = None,
    on_total: Callable[[int], None] | None = None,
) -> Report:
    """Make `collection` hold what is under `paths`, and report every file.

    A file is read when its content, the readers' version or the settings of chunking changed. Files that are gone
    from a folder are removed; ingesting one file removes nothing else. A file that cannot be read any more keeps its
    old version. A run that is killed leaves each document as it was or as it will be, and the next run finishes.

    `on_total` learns the number of files, again when an archive adds its members; `on_file` gets each record once
    the index holds what it says. Raises `InputError`, before anything is changed, for a path that does not exist or
    holds no files, and whatever `index` and `prepare` raise; files written until then stay indexed.
    """
    started = time.perf_counter()
    listed = _listed(paths)
    catalogue = Catalogue(index.documents(collection))
    sources = catalogue.placed(listed)
    run = _Run(catalogue, Writer(index, collection, prepare), settings.url_base, on_file, on_total)
    run.expect(len(sources))
    for outcome in intake.read_all(sources, settings, run.knows):
        run.take(outcome)
    for path in paths:
        run.remove_missing(path, sources)
    run.show()
    return Report(tuple(run.records), time.perf_counter() - started, run.writer.changed)


def _listed(paths: Sequence[Path]) -> list[Source]:
    if not paths:
        message = "No path was given. Name at least one folder or file to ingest."
        raise InputError(message)
    found: dict[Path, Source] = {}
    for path in paths:
        for source in files.sources(path):
            found.setdefault(source.path, source)
    return list(found.values())


class _Run:
    """One synchronisation: takes outcomes in order, writes them, and keeps the records."""

    def __init__(
        self,
        catalogue: Catalogue,
        writer: Writer,
        url_base: str,
        on_file: Callable[[FileRecord], None] | None,
        on_total: Callable[[int], None] | None,
    ) -> None:
        self.records: list[FileRecord] = []
        self.writer = writer
        self._catalogue = catalogue
        self._url_base = url_base
        self._on_file = on_file
        self._on_total = on_total
        self._total = 0
        self._shown = 0
        self._seen: set[File] = set()
        self._unknown: list[tuple[str, str]] = []

    def expect(self, more: int) -> None:
        """Raise the number of files that will be reported."""
        self._total += more
        if self._on_total and more:
            self._on_total(self._total)

    def knows(self, source: Source, fingerprint: str) -> bool:
        """Tell whether the index holds this content; when it does not, the index gets ready for it meanwhile."""
        known = self._catalogue.holds(source, fingerprint)
        if not known:
            self.writer.get_ready()
        return known

    def take(self, outcome: Outcome) -> None:
        """Write what a file gave, and show the records of what is written whenever a batch is full."""
        batches = self.writer.batches
        self.records += self._records(outcome)
        if self.writer.batches > batches:
            self.show()

    def remove_missing(self, path: Path, sources: Sequence[Source]) -> None:
        """Forget what the index has below a folder (or in an archive) and this run has not met."""
        root, below = files.absolute(path), ""
        if not path.is_dir():
            source = next(source for source in sources if source.path == root)
            root, below = source.root, source.prefix
        unknown = [prefix for held, prefix in self._unknown if held == str(root)]
        gone = self._catalogue.missing(root, below, self._seen, unknown)
        self.expect(len(gone))
        for name, documents in gone.items():
            self._seen.add((str(root), name))
            self.writer.remove(documents)
            self.records.append(FileRecord(name, "removed"))

    def show(self) -> None:
        """Write everything, then pass on the records that were not passed on yet."""
        self.writer.flush()
        if self._on_file:
            for record in self.records[self._shown :]:
                self._on_file(record)
        self._shown = len(self.records)

    def _records(self, outcome: Outcome) -> list[FileRecord]:
        source = outcome.source
        self._seen.add(file_of(source))
        if outcome.members is not None:
            self.expect(len(outcome.members))
            members = [self._records(member) for member in outcome.members]
            return [_archive(source.name, [first for first, *_ in members]), *chain.from_iterable(members)]
        if outcome.reason:
            return [self._refused(outcome, outcome.reason)]
        if outcome.draft is None:
            chunks = self._catalogue.chunks(source)
            return [FileRecord(source.name, "unchanged", detail=source.detail, chunks=chunks)]
        return [self._indexed(source, outcome.draft, outcome.fingerprint)]

    def _refused(self, outcome: Outcome, reason: Reason) -> FileRecord:
        source = outcome.source
        self._unknown.append((str(source.root), source.prefix))
        chunks = self._catalogue.chunks_below(source)
        kept = " The version that was indexed before stays searchable." if chunks else ""
        return FileRecord(source.name, "refused", reason, outcome.detail + kept, chunks=chunks)

    def _indexed(self, source: Source, draft: Draft, fingerprint: str) -> FileRecord:
        mark = digest(fingerprint, len(draft.pieces))
        origin = assembly.Origin(source.name, str(source.root), self.writer.collection, mark, self._url_base)
        documents, warnings = assembly.documents(draft, origin, lambda name: self._catalogue.is_free(name, source))
        stale = self._catalogue.take(documents, source)
        # What an interrupted run wrote already need not be embedded again.
        fresh = {name: chunks for name, chunks in documents.items() if not self._catalogue.has(name, mark, len(chunks))}
        self.writer.add(fresh.values())
        self.writer.remove(stale)
        return FileRecord(source.name, "indexed", None, source.detail, warnings, len(draft.pieces))


def _archive(name: str, members: Sequence[FileRecord]) -> FileRecord:
    """Sum up an archive by the records of its own members, archives among them."""
    own = [record for record in members if record.chunks]
    record = FileRecord(name, "indexed", chunks=sum(entry.chunks for entry in own))
    if not own:
        return replace(record, status="refused", reason="empty", detail=f"None of {len(members)} members can be read.")
    if all(entry.status != "indexed" for entry in members):
        return replace(record, status="unchanged")
    return record
