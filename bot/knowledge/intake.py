"""Reads many files at once, archives with their members, and says of each what became of it."""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, NoReturn

from bot.errors import FileRefusedError
from bot.knowledge import files
from bot.knowledge.documents import Draft
from bot.knowledge.files import Source
from bot.knowledge.sandbox import Archive, Sandbox
from bot.types import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from bot.settings import Ingesting

VERSION = 7
"""Grows with every change of what readers or the chunker make of a file, so that the next run reads it anew."""

_PROCESSES = 2
_AHEAD = 16
_DEEPEST = 3
"""Archives within archives within an archive; deeper ones are refused."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file gave: a draft, a reason, or neither when it is unchanged; archives have members."""

    source: Source
    fingerprint: str = ""
    draft: Draft | None = None
    reason: Reason | None = None
    detail: str = ""
    members: tuple[Outcome, ...] | None = None


def read_all(
    sources: Sequence[Source], settings: Ingesting, is_known: Callable[[Source, str], bool]
) -> Iterator[Outcome]:
    """Yield one outcome a source, in order, some files ahead.

    `is_known(source, fingerprint)` tells that this content is indexed already; such files are not parsed.
    """
    # A second process costs its start; few files are read sooner by one.
    processes = _PROCESSES if len(sources) > _AHEAD else 1
    sandboxes = [Sandbox(settings) for _ in range(processes)]
    intake = _Intake(settings, is_known, sandboxes)
    waiting: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(processes, thread_name_prefix="reading") as pool:
        try:
            for source in sources:
                waiting.append(pool.submit(intake.read, source))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
            for sandbox in sandboxes:
                sandbox.close()


class _Intake:
    """The rules of reading, shared by the threads; each read borrows one of the reading processes."""

    def __init__(
        self, settings: Ingesting, is_known: Callable[[Source, str], bool], sandboxes: Iterable[Sandbox]
    ) -> None:
        self._settings = settings
        self._is_known = is_known
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in sandboxes:
            self._free.put(sandbox)

    def read(self, source: Source) -> Outcome:
        """Read one file or archive; never raises for what is wrong with the file."""
        sandbox = self._free.get()
        try:
            return self._read(sandbox, source, self._settings.max_unpacked_bytes, 1)
        finally:
            self._free.put(sandbox)

    def _read(self, sandbox: Sandbox, source: Source, budget: int, depth: int) -> Outcome:
        if source.reason:
            return Outcome(source, reason=source.reason, detail=source.detail)
        try:
            content = files.content(source.path, self._settings.max_file_bytes)
            fingerprint = _fingerprint(content, self._settings)
            if self._is_known(source, fingerprint):
                return Outcome(source, fingerprint)
            read = sandbox.read(source.name, content)
            if isinstance(read, Archive):
                return self._archive(sandbox, source, content, budget, depth)
        except FileRefusedError as exc:
            return Outcome(source, reason=exc.reason, detail=str(exc))
        return Outcome(source, fingerprint, read)

    def _archive(self, sandbox: Sandbox, source: Source, content: bytes, budget: int, depth: int) -> Outcome:
        if depth > _DEEPEST:
            _refuse_depth()
        try:
            return self._unpacked(sandbox, source, content, budget, depth)
        except OSError as exc:
            message = (
                f"The archive cannot be unpacked into {tempfile.gettempdir()!r}: {exc.strerror}. Is the disk full?"
            )
            raise FileRefusedError(reason="unreadable", detail=message) from exc

    def _unpacked(self, sandbox: Sandbox, source: Source, content: bytes, budget: int, depth: int) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="quorum-") as name:
            folder = Path(name).resolve()
            members = sandbox.unpack(content, folder, budget)
            rest = budget - sum(path.stat().st_size for path in folder.iterdir())
            inner = [
                replace(
                    source,
                    name=f"{source.name}/{member.name}",
                    path=folder / member.file,
                    reason=member.reason,
                    detail=member.detail,
                )
                for member in members
            ]
            return Outcome(source, members=tuple(self._read(sandbox, one, rest, depth + 1) for one in inner))


def _refuse_depth() -> NoReturn:
    message = f"Archives are nested more than {_DEEPEST} deep. Unpack them yourself if you trust them."
    raise FileRefusedError(reason="too-large", detail=message)


def _fingerprint(content: bytes, settings: Ingesting) -> str:
    """Return the hash of the content and of all that decides what is made of it."""
    rules = f"{VERSION}\n{settings.chunk_chars}\n{settings.url_base}\n".encode()
    return hashlib.sha256(rules + content).hexdigest()[:32]
