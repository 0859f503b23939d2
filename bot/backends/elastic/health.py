"""What is unwise about an index on Elasticsearch that answers: where writing would fail or searches are out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address
    from bot.backends.elastic.versions import Version, Versions

_WRITING = ("read_only_allow_delete", "read_only", "write", "metadata")


def examine(client: Elasticsearch, address: Address, versions: Versions) -> list[str]:
    """Return a sentence for each thing that works today and may cost something later, with what to do."""
    listed = versions.listed()
    return [*_blocked(client, address), *_copies(client, address), *_outdated(listed, versions.own)]


def describe(versions: list[Version]) -> str:
    """Say which versions there are."""
    return ", ".join(f"{version.name} ({version.embedder}, {_state(version)})" for version in versions)


def _state(version: Version) -> str:
    if version.current:
        return "published"
    return "published before" if version.finished else "unfinished"


def _blocked(client: Elasticsearch, address: Address) -> Iterator[str]:
    found = client.indices.get_settings(index=f"{address.name}-*", filter_path="*.settings.index.blocks").body
    for name, one in sorted(found.items()):
        blocks: dict[str, Any] = one["settings"]["index"]["blocks"]
        held = [block for block in _WRITING if str(blocks.get(block)) == "true"]
        if "read_only_allow_delete" in held:
            yield (
                f"{name} is read-only because a disk of Elasticsearch is almost full: free some space there or add a "
                "node, or nothing more can be ingested"
            )
        elif held:
            settings = ", ".join(f'"index.blocks.{block}": null' for block in held)
            yield f"somebody has made {name} read-only: `PUT /{name}/_settings {{{settings}}}` lets ingestion write"


def _copies(client: Elasticsearch, address: Address) -> Iterator[str]:
    health = client.cluster.health(index=f"{address.name}-*", expand_wildcards="all").body
    if health["status"] == "yellow":
        yield (
            f"{health['unassigned_shards']} copies have no node to live on: add a node, or take replicas= out of "
            "QUORUM_INDEX and set index.number_of_replicas to 0"
        )


def _outdated(versions: list[Version], own: str) -> Iterator[str]:
    current = next((version for version in versions if version.current), None)
    if current and current.name != own:
        yield (
            f"searches use {own}, which was replaced by {current.name} ({current.embedder}) and grows old: set "
            f"QUORUM_EMBEDDER={current.embedder}, or run `quorum ingest` to bring it up to date and publish it again"
        )
    for version in versions:
        if not (version.current or version.finished):
            yield (
                f"{version.name} ({version.embedder}) was begun and never finished: run `quorum ingest` with "
                f"QUORUM_EMBEDDER={version.embedder}, or delete that index"
            )
