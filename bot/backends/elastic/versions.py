"""The versions of one index: `quorum-1f00ba11` and its like, which the alias `quorum` publishes one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.backends.elastic import layout, state
from bot.errors import ConfigurationError, EmbedderMismatchError, IndexDamagedError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address

_FILTER = ("*.aliases", "*.mappings._meta", "*.settings.index.creation_date")
_EXISTS = "resource_already_exists_exception"


@dataclass(frozen=True, slots=True)
class Version:
    """One index as Elasticsearch lists it; `current` is the alias's, `finished` says that it was published once."""

    name: str
    embedder: str
    layout: int
    current: bool
    finished: bool
    made: int


@dataclass(frozen=True, slots=True)
class Maker:
    """What decides which version is ours."""

    embedder: str
    dimensions: int
    line_dimensions: int


class Versions:
    """Finds, makes, publishes and drops versions. `own` is the name of the version that our embedder makes.

    A reader takes only a version that was finished; a builder fills one beside the published one.
    """

    def __init__(self, client: Elasticsearch, address: Address, maker: Maker, *, building: bool) -> None:
        """Take the client, where the index is, and what makes our version; ask nothing yet."""
        self._client, self._address, self._maker, self._building = client, address, maker, building
        self._state = state.name(address.name)
        self.own = layout.version_name(address.name, maker.embedder, maker.dimensions, maker.line_dimensions)

    def listed(self) -> list[Version]:
        """List the versions, the oldest first."""
        pattern = f"{self._address.name}-*"
        found = self._client.indices.get(index=pattern, expand_wildcards="all", filter_path=list(_FILTER)).body
        ours = re.compile(re.escape(self._address.name) + r"-[0-9a-f]{8}")
        versions = [self._version(name, one) for name, one in found.items() if ours.fullmatch(name)]
        return sorted(versions, key=lambda version: (version.made, version.name))

    def current(self) -> Version | None:
        """Return the published version, or None while there is none."""
        return next((version for version in self.listed() if version.current), None)

    def check(self) -> bool:
        """Tell whether there is a version for us to read.

        Raises `EmbedderMismatchError` or `IndexDamagedError` when there are only others.
        """
        versions = self.listed()
        own = next((version for version in versions if version.name == self.own), None)
        if own and (self._building or own.current or own.finished):
            return True
        current = next((version for version in versions if version.current), None)
        if self._building or current is None:
            return own is not None
        raise self._other(current, unfinished=own is not None)

    def ensure(self) -> None:
        """Make the state and our version unless they are there; the first version of all is published at once."""
        if not self._client.indices.exists(index=self._state):
            self._create(self._state, mappings={"dynamic": False}, aliases={})
        if self._client.indices.exists(index=self.own):
            return
        first = not self.check() and self.current() is None
        meta = {"embedder": self._maker.embedder, "layout": layout.LAYOUT, "finished": first}
        self._create(
            self.own,
            mappings=layout.mappings(meta, self._maker.dimensions, self._maker.line_dimensions),
            aliases={self._address.name: {}} if first else {},
        )

    def publish(self) -> bool:
        """Let the alias name our version, in one step; tell if it changed.

        Of the versions that were published before, all but the last are dropped. One that was never finished stays:
        somebody may be filling it just now.
        """
        versions = self.listed()
        own = next((version for version in versions if version.name == self.own), None)
        before = [version for version in versions if version.current and version.name != self.own]
        if own is None or (own.current and not before):
            return False
        self._finish(own)
        switch = [{"remove": {"index": version.name, "alias": self._address.name}} for version in before]
        switch.append({"add": {"index": own.name, "alias": self._address.name}})
        self._client.indices.update_aliases(actions=switch)
        kept = {own.name, *(version.name for version in before)}
        for version in versions:
            if version.finished and version.name not in kept:
                self._client.indices.delete(index=version.name, ignore_unavailable=True)
        return True

    def _create(self, name: str, mappings: dict[str, Any], aliases: dict[str, Any]) -> None:
        from elasticsearch import BadRequestError

        settings = layout.settings(self._address.replicas)
        try:
            self._client.indices.create(index=name, settings=settings, mappings=mappings, aliases=aliases)
        except BadRequestError as exc:
            if exc.message == "invalid_alias_name_exception":
                message = (
                    f"{self._address.name!r} is an index of another program at {self._address.shown!r}. "
                    "Set QUORUM_INDEX to another name."
                )
                raise ConfigurationError(message) from exc
            # Another process may have made it a moment ago.
            if exc.message != _EXISTS:
                raise

    def _finish(self, own: Version) -> None:
        meta = {"embedder": own.embedder, "layout": own.layout, "finished": True}
        self._client.indices.put_mapping(index=own.name, meta=meta)

    def _version(self, name: str, found: dict[str, Any]) -> Version:
        meta = found.get("mappings", {}).get("_meta", {})
        return Version(
            name=name,
            embedder=str(meta.get("embedder", "unknown")),
            layout=int(meta.get("layout", 0)),
            current=self._address.name in found.get("aliases", {}),
            finished=bool(meta.get("finished")),
            made=int(found["settings"]["index"]["creation_date"]),
        )

    def _other(self, current: Version, *, unfinished: bool) -> EmbedderMismatchError | IndexDamagedError:
        shown, wanted = self._address.shown, self._maker.embedder
        if current.embedder == wanted:
            return IndexDamagedError(
                f"The index {shown!r} was made by another version of Quorum or in other dimensions. Run "
                "`quorum ingest` on your folders: it makes a new version beside the old one, which stays searchable."
            )
        way_out = "finish the version for it" if unfinished else "make a version for it beside the old one"
        return EmbedderMismatchError(shown, current.embedder, wanted, f"run `quorum ingest` to {way_out}")
