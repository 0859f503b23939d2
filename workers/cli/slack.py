"""`quorum slack`: what goes with the Slack app itself; its manifest."""

from __future__ import annotations

import json

import click


@click.group("slack", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Set up the Slack app."""


@command.command("manifest")
@click.option("--url", metavar="URL", help="Public address of `quorum serve`, https://…; /slack/events is added.")
@click.option("--socket", is_flag=True, help="Socket Mode: Slack needs no address of yours.")
@click.option("--name", default="Quorum", show_default=True, help="What people call the app and its bot.")
def manifest(url: str | None, name: str, *, socket: bool) -> None:
    """Print the app's manifest as JSON.

    Paste it at api.slack.com/apps: Create New App, From a manifest.
    """
    from adapters.slack.manifest import manifest as made

    click.echo(json.dumps(made(url, socket=socket, name=name), ensure_ascii=False, indent=2))
