"""The `quorum` command: finds a subcommand's module only when it is called, and turns errors into one line."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys

import click

from bot.errors import QuorumError

COMMANDS: dict[str, str] = {
    "ask": "Answer a question from the documents, with sources and votes.",
    "calibrate": "Fit the evidence score to labelled questions of your own.",
    "chat": "Talk to the bot in this terminal.",
    "doctor": "Check every setting and backend, and say what to do.",
    "evaluate": "Measure retrieval, answers and refusals on a golden set.",
    "ingest": "Bring files into the index: new, changed and removed ones.",
    "search": "Show the passages that a question finds.",
    "serve": "Answer over HTTP: the web API, health, readiness and metrics.",
    "slack": "Set up the Slack app: print its manifest.",
    "vote": "Replay recorded samples through the vote.",
    "work": "Answer questions from the queue, and import files from it.",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own, `workers.cli.<name>.command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands without importing them."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the one command that is asked for."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"workers.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands from the table, so that help needs no import."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quorum-kb", prog_name="quorum")
def quorum() -> None:
    """Answer questions from your own documents: voted, with checked sources, or an honest refusal.

    Settings come from QUORUM_… variables and $QUORUM_HOME/quorum.toml; `quorum doctor` shows them.
    """


_COLLECT_AFTER = 50_000
"""New objects after which garbage is looked for; with Python's 700, starting takes a tenth longer."""


def main() -> None:
    """Run the command line; exit 0 when done, 1 when something failed or was refused, 2 for wrong usage or settings."""
    gc.set_threshold(_COLLECT_AFTER)
    _unbreak_streams()
    try:
        quorum.main(standalone_mode=False)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        exc.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _fail("Stopped. What was finished before is kept.", 130)
    except QuorumError as exc:
        _fail(str(exc), exc.exit_status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as exc:
        _fail(_in_words(exc), 1)


def _in_words(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return f"The disk is full ({error.filename or 'while writing'}). Free some space and run the command again."
    what = error.strerror or type(error).__name__
    return f"{error.filename or 'A file'} cannot be used: {what}. Check the path, its permissions and its disk."


def _fail(message: str, status: int) -> None:
    click.echo(f"quorum: {' '.join(message.split())}", err=True)
    sys.exit(status)


def _unbreak_streams() -> None:
    """Write characters that a terminal's encoding lacks as escapes instead of failing (`LANG=C`)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
