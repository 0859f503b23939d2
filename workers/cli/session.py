"""What commands share: the opened parts of the bot, and where they come from."""

from __future__ import annotations

import sys
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot import text as texts
from bot.errors import InputError
from bot.types import Address, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.ports import Messenger
    from bot.types import Platform
    from bot.wiring import Parts
    from workers.assembly import Worker


@contextmanager
def parts(*, building: bool = False) -> Iterator[Parts]:
    """Open the bot that the settings describe, or what builds its index, and close it again."""
    from bot import settings, wiring

    opened = wiring.build(settings.load(), building=building)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def worker(messengers: Mapping[Platform, Messenger]) -> Iterator[Worker]:
    """Open a handler that answers through these messengers and close it again."""
    from bot import settings
    from workers import assembly

    opened = assembly.open_worker(settings.load(), messengers)
    try:
        yield opened
    finally:
        opened.close()


def given(text: str) -> str:
    """Return the text of the command line, or all of standard input for `-`, which is read as a file would be.

    Single bytes of a log that are no characters become replacement characters.
    """
    if text != "-":
        return text
    from bot.errors import FileRefusedError
    from bot.knowledge.readers import encoding

    data = sys.stdin.buffer.read()
    try:
        read, doubts = encoding.decode(data)
    except FileRefusedError:
        read, doubts = "", ("It is no text.",)
    return data.decode("utf-8-sig", "replace") if doubts else read


def warn_if_empty(parts: Parts, collection: str | None) -> None:
    """Say on the error stream that nothing could have been found, where that is so."""
    if parts.index.documents(collection):
        return
    import click

    if collection is not None and parts.index.documents():
        click.echo(f"quorum: The collection {collection!r} holds nothing. Check its name, or ingest into it.", err=True)
    else:
        click.echo("quorum: Nothing is indexed yet. Run `quorum ingest FOLDER` first.", err=True)


def masked(text: str, parts: Parts) -> str:
    """Return what is asked without its secrets, as it is looked up: an embedder may be on another host."""
    from bot.diagnosis import masking

    return masking.masked(text, parts.settings.masking)


def question(text: str, collection: str | None = None, identity: str | None = None) -> Question:
    """Make a question of this terminal's user. Raises `InputError` for one without any text."""
    if not text.strip():
        message = "The question is empty. Write it in quotes: quorum ask 'How do I …?'"
        raise InputError(message)
    return Question(
        id=identity or f"cli-{uuid.uuid4().hex}",
        text=texts.storable(text),
        address=Address("cli", "terminal", "you"),
        language=texts.language(text),
        asked_at=time.time(),
        collections=None if collection is None else frozenset({collection}),
    )
