"""`quorum vote`: replay recorded samples through the same vote that answers use."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("vote")
@click.option("--batch", required=True, type=click.Path(path_type=Path), help='JSON Lines of {"id", "samples": […]}.')
@click.option("--policy", default="adaptive", show_default=True, help="`fixed:N` or `adaptive`.")
@click.option("--extract", help="Regular expression that finds the key in a sample: group 1, or the whole match.")
@click.option("--similar", is_flag=True, help="Cluster keys as answers are clustered, not by equality alone.")
def command(batch: Path, policy: str, extract: str | None, *, similar: bool) -> None:
    """Vote over recorded samples in their order; print the winner, how many samples were used, and the clusters."""
    from bot.answering.replay import replay
    from bot.settings import load
    from workers.cli import batches, progress

    voting = load(voting={"policy": policy}).voting
    lines = batches.read(batch, {"samples": list})
    with progress.bar("Voting", len(lines)) as (_, advance):
        for line in lines:
            samples = ["" if sample is None else str(sample) for sample in line.fields["samples"]]
            voted = replay(samples, voting, extract, similar=similar)
            clusters = [{"key": key, "count": count} for key, count in voted.clusters]
            batches.write({"id": line.id, "winner": voted.winner, "used": voted.used, "clusters": clusters})
            advance(line.id)
