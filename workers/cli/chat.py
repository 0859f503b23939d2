"""`quorum chat`: the console messenger over the same ledger, dispatcher and handler that every messenger uses."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWER_TIMEOUT_S = 600.0


@click.command("chat")
def command() -> None:
    """Talk to the bot in this terminal. An empty line, `exit` or Ctrl-D ends it.

    Exit status 1 when a question failed.
    """
    from adapters.console.messenger import ConsoleMessenger
    from bot.errors import QuorumError
    from workers.accept import Acceptance
    from workers.cli import session
    from workers.dispatch import InlineDispatcher

    logging.getLogger("workers").addHandler(logging.NullHandler())  # `join` raises what it would warn of
    messenger, failed = ConsoleMessenger(sys.stdout), False
    with session.worker({"cli": messenger}) as worker:
        dispatcher = InlineDispatcher(worker.handler, threads=1)
        accept = Acceptance(worker.ledger, dispatcher, masking=worker.parts.settings.masking)
        try:
            for line in _lines():
                question = messenger.to_question({"id": f"cli-{uuid.uuid4().hex}", "text": line})
                if question is not None and accept(question):
                    try:
                        dispatcher.join(_ANSWER_TIMEOUT_S)
                    except (QuorumError, TimeoutError) as exc:
                        click.echo(f"quorum: {exc}", err=True)
                        failed = True
        finally:
            dispatcher.close()
    if failed:
        sys.exit(1)


def _lines() -> Iterator[str]:
    """Yield what is typed until the end; a prompt is shown on a terminal only."""
    if sys.stdin.isatty():
        import readline  # noqa: F401 - importing it gives input() its history and line editing

        click.echo("Ask in English or Chinese; an empty line ends. 用中文或英文提问，空行结束。", err=True)
    while True:
        try:
            line = input("quorum> " if sys.stdin.isatty() else "")
        except EOFError:
            return
        if line.strip().lower() in {"", "exit", "quit"} and sys.stdin.isatty():
            return
        yield line
