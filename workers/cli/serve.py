"""`quorum serve`: the server of the messengers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from workers.receiving import Wanted


@click.command("serve")
@click.argument("messenger", default="all", type=click.Choice(["web", "slack", "wecom", "all"]))
def command(messenger: Wanted) -> None:
    """Serve a MESSENGER, or all that are configured, over HTTP on QUORUM_HTTP__HOST and QUORUM_HTTP__PORT.

    With QUORUM_QUEUE=inline:// this process answers the questions too; with a queue engine `quorum work` does.
    SIGTERM and Ctrl-C end it after what is in hand is finished. Exit status 2 for a messenger that is not configured.
    """
    from bot import settings
    from workers import logs, monitoring, receiving

    loaded = settings.load()
    platforms = receiving.configured(loaded, messenger)
    logs.to_stderr()
    monitoring.share(loaded.home)
    from workers import server  # only now: what counts is imported after it was said where to count

    server.run(loaded, platforms)
