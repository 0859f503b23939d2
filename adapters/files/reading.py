"""Reads the files beside a question and puts their texts under their names, or names them as unread with the reason."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from adapters.files.fetching import MAX_BYTES, UnfetchedError
from bot import text as texts
from bot.answering.prompting import QUESTION_CHARS
from bot.diagnosis.excerpts import excerpt
from bot.diagnosis.logs import summaries
from bot.diagnosis.private_keys import MARK
from bot.diagnosis.redaction import redact
from bot.errors import FileRefusedError
from bot.knowledge import attachments
from bot.knowledge.readers.pictures import MAX_PIXELS, is_picture
from bot.knowledge.sandbox import Sandbox
from bot.phrases import PHRASES, say

if TYPE_CHECKING:
    from bot.diagnosis.excerpts import Excerpt
    from bot.settings import Ingesting
    from bot.types import Attachment, Language, Question

log = logging.getLogger(__name__)

LEAST_CHARS = 4_000
"""So much of all files is read beside any text; else files and text together are what a prompt holds."""

NOTICES = 5
"""More notices about files than this become one."""

_NAME_CHARS = 120
_OF_PICTURES = {"empty": "no_text", "too-large": "too_many_pixels"}
"""Why pictures are refused, where that is not why other files are."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it came, under the name that it has; of what has none it is made up."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


class Source(Protocol):
    """Where the files of one messenger are; both methods raise `UnfetchedError` and `MessengerUnavailableError`."""

    def described(self, file: Attachment) -> Attachment:
        """Return a file with what must be known before it is fetched."""

    def fetched(self, file: Attachment, room: int, question: Question) -> Fetched:
        """Return a file of at most `room` bytes; what fails for an old question is not waited for any longer."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A file with its text, or with `why` it has none; `is_partial` when its reader had to leave something out.

    `confidence`, 0 to 1, is that of the text of a picture.
    """

    name: str = field(repr=False)
    text: str = field(default="", repr=False)
    why: str = ""
    is_partial: bool = False
    confidence: float | None = None


def added(question: Question, source: Source, limits: Ingesting) -> Question:
    """Return the question with the text of its files after its own, and a notice for each that was not read.

    Raises `MessengerUnavailableError` while the messenger is down.
    """
    if not question.attachments:
        return question
    started = time.perf_counter()
    question, found = _without_keys(question, _read(question, source, limits))
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


def _without_keys(question: Question, found: list[Shared]) -> tuple[Question, list[Shared]]:
    """Mask private keys before anything is cut: half of one is told by nobody."""
    if not any(MARK in each.text for each in found):
        return question, found
    made = redact([question.text, *(each.text for each in found)], ())
    text, *texts = made.texts
    masked = dict(Counter(question.masked) + Counter(made.counts))
    files = [replace(each, text=clean) for each, clean in zip(found, texts, strict=True)]
    return replace(question, text=text, masked=masked), files


def _read(question: Question, source: Source, limits: Ingesting) -> list[Shared]:
    found, room = [], MAX_BYTES
    with Sandbox(attachments.limits(limits)) as sandbox:
        for file in question.attachments:
            shared, size = _one(file, room, sandbox, (question, source))
            room -= size
            found.append(shared)
            if shared.why:
                log.info("question %s: file %s was not read: %s", question.id, file.id, shared.why)
    return found


def _one(file: Attachment, room: int, sandbox: Sandbox, where: tuple[Question, Source]) -> tuple[Shared, int]:
    """Read one file; return it with the number of bytes that were fetched."""
    (question, source), name, content = where, _named(file.name, file), b""
    try:
        known = source.described(file)
        name = _named(known.name, file)
        fetched = source.fetched(known, room, question)
        name, content = _named(fetched.name, file), fetched.content
        plain = sandbox.plain(fetched.name, content)
    except UnfetchedError as exc:
        return Shared(name, why=exc.why), len(content)
    except FileRefusedError as exc:
        why = _OF_PICTURES.get(exc.reason) if is_picture(content) else None
        return Shared(name, why=why or exc.reason.replace("-", "_")), len(content)
    text = texts.storable(plain.text).strip("\n")
    return Shared(name, text, is_partial=bool(plain.warnings), confidence=plain.confidence), len(content)


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
            told.append(_cut(each, kept, language))
        if each.is_partial:
            told.append(say("file_partly", language, name=each.name))
        if each.confidence is not None:
            told.append(say("file_recognised", language, name=each.name, percent=int(100 * each.confidence)))
    return shown, told


def _cut(file: Shared, kept: Excerpt, language: Language) -> str:
    if kept.log is None:
        return say("file_cut", language, name=file.name, count=kept.left_out)
    told = summaries.summary(kept.log, language)
    return say("file_log_cut", language, name=file.name, summary=told, count=kept.left_out)


def _unread(file: Shared, language: Language) -> str:
    key = f"file_{file.why}"
    limits = {"limit": MAX_BYTES // 1_000_000, "pixels": MAX_PIXELS // 1_000_000}
    why = say(key if key in PHRASES else "file_unavailable", language, **limits)
    return say("file_unread", language, name=file.name, why=why)


def _named(name: str, file: Attachment) -> str:
    return texts.storable(" ".join((name or file.id).split()))[:_NAME_CHARS]
