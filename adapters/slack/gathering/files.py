"""The files beside a question, each read and put under its name, or named as unread with the reason."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.gathering.downloading import MAX_BYTES, Downloads, UnfetchedError
from adapters.slack.hearing import messages
from bot import text as texts
from bot.answering.prompting import QUESTION_CHARS
from bot.diagnosis.excerpts import excerpt
from bot.errors import FileRefusedError, MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.knowledge import attachments
from bot.knowledge.readers.pictures import is_picture
from bot.knowledge.sandbox import Sandbox
from bot.phrases import PHRASES, say
from bot.settings import Ingesting

if TYPE_CHECKING:
    from adapters.slack.gathering.downloading import Why
    from bot.types import Attachment, Language, Question

log = logging.getLogger(__name__)

PATIENCE_S = 900.0
"""A question so old does not wait any longer for a file that Slack fails to send: the reply names it."""

LEAST_CHARS = 4_000
"""So much of all files is read beside any text; else files and text together are what a prompt holds."""

NOTICES = 5
"""More notices about files than this become one."""

_NAME_CHARS = 120
_STUBS = frozenset({"check_file_info", "file_access", "stub"})
_UNREADABLE: dict[str, Why] = {"external": "external", "tombstone": "gone", "hidden_by_limit": "hidden"}


@dataclass(frozen=True, slots=True)
class Shared:
    """A file with its text, or with `why` it has none; `is_partial` when its reader had to leave something out."""

    name: str = field(repr=False)
    text: str = field(default="", repr=False)
    why: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Reads the files of questions, in order; raises `MessengerUnavailableError` while Slack is down."""

    api: SlackApi
    downloads: Downloads
    limits: Ingesting

    def added(self, question: Question) -> Question:
        """Return the question with the text of its files after its own, and a notice for each that was not read."""
        if not question.attachments:
            return question
        started = time.perf_counter()
        found = self._read(question)
        log.debug("question %s: files read in %.3f s", question.id, time.perf_counter() - started)
        said = "\n\n".join(each.text for each in found if each.text)
        language = question.language if question.text or not said else texts.language(said)
        parts, notices = [question.text] if question.text else [], list(question.notices)
        shown, told = _worded(found, max(QUESTION_CHARS - len(question.text), LEAST_CHARS), language)
        return replace(
            question,
            text="\n\n".join([*parts, *shown]),
            language=language,
            notices=(*notices, *(told if len(told) <= NOTICES else ["\n".join(told)])),
        )

    def _read(self, question: Question) -> list[Shared]:
        found, room = [], MAX_BYTES
        with Sandbox(attachments.limits(self.limits)) as sandbox:
            for file in question.attachments:
                shared, size = self._one(file, room, sandbox, question)
                room -= size
                found.append(shared)
                if shared.why:
                    log.info("question %s: file %s was not read: %s", question.id, file.id, shared.why)
        return found

    def _one(self, file: Attachment, room: int, sandbox: Sandbox, question: Question) -> tuple[Shared, int]:
        """Read one file; return it with the number of bytes that were fetched."""
        name, content = _named(file), b""
        try:
            known = self._described(file)
            name = _named(known)
            content = self._fetched(known, room, question)
            plain = sandbox.plain(known.name, content)
        except UnfetchedError as exc:
            return Shared(name, why=exc.why), len(content)
        except FileRefusedError as exc:
            is_wordless = exc.reason == "empty" and is_picture(content)
            return Shared(name, why="no_text" if is_wordless else exc.reason.replace("-", "_")), len(content)
        return Shared(name, texts.storable(plain.text).strip("\n"), is_partial=bool(plain.warnings)), len(content)

    def _described(self, file: Attachment) -> Attachment:
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

    def _fetched(self, file: Attachment, room: int, question: Question) -> bytes:
        try:
            return self.downloads.fetch(file, room)
        except MessengerBusyError:
            raise
        except MessengerUnavailableError:
            if time.time() - question.asked_at < PATIENCE_S:
                raise
        try:
            return self.downloads.fetch(file, room)
        except MessengerBusyError:
            raise
        except MessengerUnavailableError:
            raise UnfetchedError(why="unavailable") from None


def _worded(found: list[Shared], room: int, language: Language) -> tuple[list[str], list[str]]:
    """Return the files' texts, each under its name and within its share of `room`, and the notices."""
    shown, told = [], []
    rest, readable = room, sorted((each for each in found if each.text), key=lambda each: len(each.text))
    shares = {}
    for number, each in enumerate(readable):
        shares[id(each)] = min(len(each.text), rest // (len(readable) - number))
        rest -= shares[id(each)]
    for each in found:
        if each.why:
            told.append(_unread(each, language))
            continue
        kept = excerpt(each.text, shares[id(each)], lambda count: say("cut", language, count=count))
        shown.append(f"{each.name}:\n{kept.text}")
        if kept.left_out:
            told.append(say("file_cut", language, name=each.name, count=kept.left_out))
        if each.is_partial:
            told.append(say("file_partly", language, name=each.name))
    return shown, told


def _unread(file: Shared, language: Language) -> str:
    key = f"file_{file.why}"
    why = say(key if key in PHRASES else "file_unavailable", language, limit=MAX_BYTES // 1_000_000)
    return say("file_unread", language, name=file.name, why=why)


def _named(file: Attachment) -> str:
    return texts.storable(" ".join((file.name or file.id).split()))[:_NAME_CHARS]
