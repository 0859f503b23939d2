"""`quorum chat`: the console messenger over the same ledger, dispatcher and handler that every messenger uses."""

from __future__ import annotations

import logging
import signal
import sys
import uuid
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.dispatch import InlineDispatcher

_ANSWER_TIMEOUT_S = 600.0
_STOPPING = (
    "Stopping: the question in hand is finished first. Ctrl-C again ends at once. 正在停止，再按一次 Ctrl-C 立即结束。"
)


@click.command("chat")
def command() -> None:
    """Talk to the bot in this terminal. An empty line, `exit` or Ctrl-D ends it.

    Without a terminal, every line of standard input is a question: empty lines are skipped, and `exit` ends it. A log
    of many lines is one question for `quorum ask -`.

    Exit status 1 when a question failed.
    """
    from adapters.console.messenger import ConsoleMessenger
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
                    failed |= not _is_handled(dispatcher)
        finally:
            dispatcher.close()
    if failed:
        sys.exit(1)


def _is_handled(dispatcher: InlineDispatcher) -> bool:
    """Wait for the answer and say what went wrong; a first Ctrl-C is answered at once, a second ends the process."""
    from bot.errors import QuorumError

    try:
        dispatcher.join(_ANSWER_TIMEOUT_S)
    except (QuorumError, TimeoutError) as exc:
        click.echo(f"quorum: {exc}", err=True)
        return False
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        click.echo(_STOPPING, err=True)
        raise
    return True


def _lines() -> Iterator[str]:
    """Yield what is typed until the end; only on a terminal a prompt is shown and an empty line is the end."""
    on_terminal = sys.stdin.isatty()
    if on_terminal:
        import readline  # noqa: F401 - importing it gives input() its history and line editing

        click.echo(
            "Ask in English or Chinese; an empty line or exit ends. 用中文或英文提问，空行或 exit 结束。", err=True
        )
    while True:
        try:
            line = input("quorum> " if on_terminal else "")
        except EOFError:
            return
        word = line.strip().lower()
        if word in {"exit", "quit"} or (on_terminal and not word):
            return
        yield line
