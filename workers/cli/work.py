"""`quorum work`: the processes that answer what `quorum serve` took in and import what `ingest --queued` left."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from workers.celery_worker import Kind


@click.command("work")
@click.option(
    "--concurrency", type=click.IntRange(1, 256), help="Questions at the same time (QUORUM_WORK__CONCURRENCY)."
)
@click.option("--queue", default="all", show_default=True, type=click.Choice(["answer", "ingest", "all"]))
@click.option("--now", is_flag=True, help="First queue every unfinished question again, however fresh it is.")
@click.option("--retry-dead", is_flag=True, help="Only queue the questions among the dead letters again, and end.")
@click.option("--drop-dead", is_flag=True, help="Only forget the dead letters that hold no question, and end.")
def command(
    concurrency: int | None,
    queue: Literal["answer", "ingest", "all"],
    *,
    now: bool,
    retry_dead: bool,
    drop_dead: bool,
) -> None:
    """Answer questions from the queue of QUORUM_QUEUE, and import files from it in a process of its own.

    SIGTERM and Ctrl-C let it finish what is in hand, for QUORUM_WORK__GRACE_S seconds at most; the rest, or everything
    at the second signal, goes back to the queue. With QUORUM_QUEUE=inline:// there is nothing to do: exit status 2.
    """
    from bot import settings
    from workers import logs, monitoring

    loaded = settings.load()
    if retry_dead:
        click.echo(_retry_dead(loaded), err=True)
        return
    if drop_dead:
        click.echo(_drop_dead(loaded), err=True)
        return
    logs.to_stderr()
    monitoring.share(loaded.home)
    sys.exit(_work(loaded, concurrency or loaded.work.concurrency, queue, now=now))


def _work(settings: Settings, concurrency: int, queue: Literal["answer", "ingest", "all"], *, now: bool) -> int:
    from bot.errors import ConfigurationError
    from workers import crew, queues

    if queues.is_inline(settings):
        message = (
            "QUORUM_QUEUE=inline:// leaves nothing to do here: `quorum serve` answers its questions itself. Set "
            "QUORUM_QUEUE=redis://host:6379/1 for both, or run `quorum serve` alone."
        )
        raise ConfigurationError(message)
    queues.open_dispatcher(settings).close()  # a wrong address is said here, and once
    sizes: dict[Kind, int] = {"answer": concurrency, "ingest": 1}
    if queue != "all":
        sizes = {queue: sizes[queue]}
    working = crew.Crew(settings, sizes)
    with working.started(), crew.sweeping(settings, now=now) if "answer" in sizes else nullcontext():
        return working.run()


def _retry_dead(settings: Settings) -> str:
    """Queue dead questions again; without a queue engine the next `quorum serve` takes them up from the ledger."""
    from bot import wiring
    from workers import dead, queues

    with closing(wiring.open_dead_letters(settings)) as letters, closing(wiring.open_ledger(settings)) as ledger:
        if queues.is_inline(settings):
            replayed = dead.replay(letters, ledger, lambda _: None)
            how = "are open again: `quorum serve` takes them up"
        else:
            with closing(queues.open_dispatcher(settings)) as dispatcher:
                replayed = dead.replay(letters, ledger, dispatcher.submit)
            how = "are queued again"
    left = (
        f"; {replayed.left} letters hold no question and are left: quorum work --drop-dead forgets them"
        if replayed.left
        else ""
    )
    return f"{replayed.again} questions {how}{left}"


def _drop_dead(settings: Settings) -> str:
    from bot import wiring
    from workers import dead

    with closing(wiring.open_dead_letters(settings)) as letters:
        return f"{dead.drop_unreadable(letters)} letters that hold no question are forgotten"
