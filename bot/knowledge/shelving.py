"""What there is to know: the collections, how many documents each holds, and when it last changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

if TYPE_CHECKING:
    from bot.ports import Store

_KEY = "knowledge"


@dataclass(frozen=True)
class Collection:
    """A collection after its last import: the documents in it, and when it last changed, in Unix time."""

    name: str
    documents: int
    changed_at: float


_LIST = TypeAdapter(tuple[Collection, ...])


def note(store: Store, found: Collection, *, changed: bool) -> None:
    """Remember a collection; one that did not change keeps its time, an empty one is forgotten.

    Imports run one at a time, so that nobody else writes meanwhile. Raises `StoreUnavailableError`.
    """
    known = {each.name: each for each in listing(store)}
    before = known.pop(found.name, None)
    if found.documents:
        known[found.name] = before if before is not None and not changed else found
    store.put(_KEY, _LIST.dump_json(tuple(sorted(known.values(), key=lambda each: each.name))))


def listing(store: Store) -> tuple[Collection, ...]:
    """Return what is known, by name; nothing before the first import. Raises `StoreUnavailableError`."""
    value = store.get(_KEY)
    try:
        return () if value is None else _LIST.validate_json(value)
    except ValidationError:  # another version's
        return ()
