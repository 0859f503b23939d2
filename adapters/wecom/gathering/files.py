"""The files beside a WeCom question: pictures and files are fetched, recordings and videos have no text for us."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.files import reading
from adapters.files.fetching import UnfetchedError
from adapters.wecom.gathering.downloading import Downloads
from bot.errors import FileRefusedError, MessengerBusyError, MessengerUnavailableError
from bot.settings import Ingesting

if TYPE_CHECKING:
    from adapters.files.reading import Fetched
    from bot.types import Attachment, Question

PATIENCE_S = 270.0
"""A question so old does not wait any longer: WeCom keeps an AI bot's files for five minutes."""

SPOKEN = frozenset({"voice", "video"})


@dataclass(frozen=True, slots=True)
class Files:
    """Reads the files of questions, in order; raises `MessengerUnavailableError` while WeCom is down."""

    downloads: Downloads
    limits: Ingesting

    def added(self, question: Question) -> Question:
        """Return the question with the text of its files after its own, and a notice for each that was not read."""
        return reading.added(question, self, self.limits)

    def described(self, file: Attachment) -> Attachment:
        """Return a file by its kind where it has no name yet; raises `FileRefusedError` for what has no text."""
        named = replace(file, name=file.name or file.kind)
        if file.kind in SPOKEN:
            raise FileRefusedError(reason="unknown-type", detail="Recordings and videos are not read.")
        return named

    def fetched(self, file: Attachment, room: int, question: Question) -> Fetched:
        """Return a file of at most `room` bytes; one that WeCom fails to send of an old question is `unavailable`."""
        try:
            found = self._fetched(file, room, question)
        except MessengerBusyError:
            raise
        except MessengerUnavailableError:
            if time.time() - question.asked_at < PATIENCE_S:
                raise
            raise UnfetchedError(why="unavailable") from None
        return replace(found, name=found.name or file.name)

    def _fetched(self, file: Attachment, room: int, question: Question) -> Fetched:
        if question.details.get("mode") == "app":
            return self.downloads.medium(file.id, room)
        return self.downloads.sealed(file.url, room)
