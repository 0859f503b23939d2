"""What the index holds of which file, which file owns which document, and what became of files that are gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.knowledge.files import Source
    from bot.types import DocumentRecord

File = tuple[str, str]
"""A root and a name below it, as the index keeps them."""


def file_of(source: Source) -> File:
    """Return the key by which the index knows a file."""
    return str(source.root), source.name


def digest(fingerprint: str, chunks: int) -> str:
    """Mark a file's chunks with its fingerprint and their number, so that half a file is never taken for a whole."""
    return f"{fingerprint}-{chunks}"


def _longer(source: Source) -> Iterator[str]:
    """Yield names with more and more of the root's path before them, the last one unique."""
    parts = source.root.parts[1:]
    for count in range(1, len(parts) + 1):
        yield "/".join((*parts[-count:], source.name))
    yield str(source.root / source.name)


class Catalogue:
    """One collection as it was before this run, and who took which document since."""

    def __init__(self, records: Iterable[DocumentRecord]) -> None:
        """Take what the index lists for the collection."""
        self._files: dict[File, list[DocumentRecord]] = defaultdict(list)
        self._owners: dict[str, File] = {}
        self._records: dict[str, DocumentRecord] = {}
        self._live: frozenset[File] = frozenset()
        for record in records:
            self._files[record.root, record.source].append(record)
            self._owners[record.document] = (record.root, record.source)
            self._records[record.document] = record

    def holds(self, source: Source, fingerprint: str) -> bool:
        """Tell whether the index has all of a file with this fingerprint."""
        records = self._files.get(file_of(source), [])
        wanted = digest(fingerprint, sum(record.chunks for record in records))
        return bool(records) and all(record.digest == wanted for record in records)

    def has(self, document: str, mark: str, chunks: int) -> bool:
        """Tell whether the index has a document just as it would be written now."""
        record = self._records.get(document)
        return record is not None and (record.digest, record.chunks) == (mark, chunks)

    def chunks(self, source: Source) -> int:
        """Count the chunks of a file."""
        return sum(record.chunks for record in self._files.get(file_of(source), []))

    def chunks_below(self, source: Source) -> int:
        """Count the chunks of a file and of everything below it, as it may be an archive or a folder."""
        root, name = file_of(source)
        below = [key for key in self._files if key[0] == root and key[1].startswith(source.prefix) and key[1] != name]
        return self.chunks(source) + sum(record.chunks for key in below for record in self._files[key])

    def placed(self, sources: Sequence[Source]) -> list[Source]:
        """Return the sources of this run with names that no file of another, still existing root has.

        A file that is ingested alone but came with a folder before stays that folder's file.
        """
        roots = {root: Path(root).is_dir() for root in {root for root, _ in self._files}}
        owners = {name: root for root, name in self._files if roots[root]}
        found: list[Source] = []
        for source in map(self._adopted, sources):
            owner = owners.setdefault(source.name, str(source.root))
            if owner == str(source.root):
                found.append(source)
                continue
            name = next(
                name for name in _longer(source) if owners.setdefault(name, str(source.root)) == str(source.root)
            )
            note = f"Called {name!r} because {owner} holds a file of the same name."
            found.append(replace(source, name=name, detail=source.detail or note))
        self._live = self._still_there(found, {root for root, exists in roots.items() if exists})
        return found

    def is_free(self, document: str, source: Source) -> bool:
        """Tell whether a file may call a document so: nobody else has it, or only a file that is gone."""
        owner = self._owners.get(document)
        return owner is None or owner == file_of(source) or owner not in self._live

    def take(self, documents: Iterable[str], source: Source) -> list[str]:
        """Give the documents to a file; return those that were its own before and are no more."""
        key = file_of(source)
        self._live |= {key}
        kept = set(documents)
        for document in kept:
            self._owners[document] = key
        return [record.document for record in self._files.get(key, []) if record.document not in kept]

    def missing(self, root: Path, below: str, seen: set[File], unknown: Sequence[str]) -> dict[str, list[str]]:
        """Return the files of a root that are gone, with the documents they leave; `unknown` prefixes are spared.

        Only names that begin with `below` are looked at.
        """
        gone = {
            name: records
            for (held, name), records in self._files.items()
            if held == str(root)
            and name.startswith(below)
            and (held, name) not in seen
            and not any(name.startswith(prefix) for prefix in unknown)
        }
        return {
            name: [record.document for record in records if self._owners[record.document] == (str(root), name)]
            for name, records in sorted(gone.items())
        }

    def _still_there(self, sources: Sequence[Source], roots: set[str]) -> frozenset[File]:
        listed = {file_of(source) for source in sources}
        walked = {root for root, _ in listed}
        return frozenset(
            (root, name)
            for root, name in self._files
            if root in roots and (root not in walked or (root, name) in listed or self._inside(root, name, listed))
        ) | frozenset(listed)

    def _adopted(self, source: Source) -> Source:
        """Return a file that is ingested alone as part of the folder that it was ingested with before, if any."""
        if source.alone:
            for root, name in self._files:
                if root != str(source.root) and Path(root, name) == source.path:
                    return replace(source, root=Path(root), name=name)
        return source

    @staticmethod
    def _inside(root: str, name: str, listed: set[File]) -> bool:
        """Tell whether a name lies in an archive, or in a folder that cannot be entered, of this run."""
        return any((root, str(parent)) in listed for parent in PurePosixPath(name).parents)
