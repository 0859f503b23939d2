"""Where an index's evidence profile is kept, and when it is measured again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.addresses import without_secrets
from bot.retrieval import null
from bot.retrieval.evidence import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Index, Store
    from bot.retrieval.candidates import Candidates

log = logging.getLogger(__name__)


DRIFT = 0.02
"""Share of an index's chunks that may change before its null is measured again."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What one run changed: the generation it began with, and how many chunks it added, replaced or removed."""

    since: int
    chunks: int


def key(index_url: str) -> str:
    """Return the store's key of an index's profile: `evidence-profile:<index url>`, without its password."""
    return f"evidence-profile:{without_secrets(index_url)}"


def load(store: Store, index_url: str) -> Profile | None:
    """Read the stored profile, or None when there is none; one that cannot be read counts as none, with a warning."""
    return parse(store.get(key(index_url)), index_url)


def parse(data: bytes | None, index_url: str) -> Profile | None:
    """Read the profile that was stored as `data`, as `load` does."""
    if data is None:
        return None
    try:
        return Profile.loads(data)
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("The profile %s cannot be read; it is measured again with shipped weights.", key(index_url))
        return None


def save(store: Store, index_url: str, profile: Profile) -> None:
    """Keep the profile for good."""
    store.put(key(index_url), profile.dumps())


def refresh(
    store: Store, index_url: str, index: Index, embedder: str, ask: Callable[[str], Candidates], drift: Drift
) -> Profile:
    """Return the profile of the index as it is now, measuring and storing it if the index changed enough since.

    Takes some 60 searches when it measures. Changes of a few chunks are added up until they are `DRIFT` of the index;
    a change that nobody counted, by a run that was killed, measures at once. Calibrated weights are kept, unless the
    embedder is another one.
    """
    old = load(store, index_url)
    generation = index.generation()
    if old is not None and (old.generation, old.embedder) == (generation, embedder):
        return old
    size = sum(document.chunks for document in index.documents())
    if old is not None and (old.generation, old.embedder) == (drift.since, embedder):
        chunks = old.drift + drift.chunks
        if chunks <= DRIFT * size:
            moved = replace(old, generation=generation, drift=chunks)
            save(store, index_url, moved)
            return moved
    fresh = Profile(null.measure(ask), generation=generation, embedder=embedder, made=today())
    if old is not None and old.calibrated and old.embedder == embedder:
        fresh = replace(old, null=fresh.null, generation=generation, drift=0)
    save(store, index_url, fresh)
    return fresh


def today() -> str:
    """Return today's date, ISO, UTC."""
    return datetime.now(UTC).date().isoformat()
