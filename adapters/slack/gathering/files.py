"""The files beside a Slack question: described by Slack where an event tells only a stub, and downloaded."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.files import reading
from adapters.files.fetching import UnfetchedError
from adapters.files.reading import Fetched
from adapters.slack.calling.client import SlackApi
from adapters.slack.gathering.downloading import Downloads
from adapters.slack.hearing import messages
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.settings import Ingesting

if TYPE_CHECKING:
    from adapters.files.fetching import Why
    from bot.types import Attachment, Question

PATIENCE_S = 900.0
"""A question so old does not wait any longer for a file that Slack fails to send: the reply names it."""

_STUBS = frozenset({"check_file_info", "file_access", "stub"})
_UNREADABLE: dict[str, Why] = {"external": "external", "tombstone": "gone", "hidden_by_limit": "hidden"}


@dataclass(frozen=True, slots=True)
class Files:
    """Reads the files of questions, in order; raises `MessengerUnavailableError` while Slack is down."""

    api: SlackApi
    downloads: Downloads
    limits: Ingesting

    def added(self, question: Question) -> Question:
        """Return the question with the text of its files after its own, and a notice for each that was not read."""
        return reading.added(question, self, self.limits)

    def described(self, file: Attachment) -> Attachment:
        """Return a file with its address; that of a shared channel is only a stub until Slack is asked."""
        if file.kind in _STUBS or not (file.url or file.kind):
            try:
                told = self.api.call("files.info", file=file.id).get("file") or {}
            except MessengerRefusedError as exc:
                gone = exc.code in {"file_deleted", "file_not_found"}
                raise UnfetchedError(why="gone" if gone else "access") from None
            (known,) = messages.files({"files": [{"id": file.id, **told}]})
            file = replace(
                file, name=known.name, media_type=known.mimetype, size=known.size, url=known.url, kind=known.mode
            )
        if file.kind in _UNREADABLE:
            raise UnfetchedError(_UNREADABLE[file.kind])
        if not file.url:
            raise UnfetchedError(why="unavailable")
        return file

    def fetched(self, file: Attachment, room: int, question: Question) -> Fetched:
        """Return a file of at most `room` bytes; one that Slack fails to send of an old question is `unavailable`."""
        try:
            return Fetched(file.name, self.downloads.fetch(file, room))
        except MessengerBusyError:
            raise
        except MessengerUnavailableError:
            if time.time() - question.asked_at < PATIENCE_S:
                raise
        try:
            return Fetched(file.name, self.downloads.fetch(file, room))
        except MessengerBusyError:
            raise
        except MessengerUnavailableError:
            raise UnfetchedError(why="unavailable") from None
