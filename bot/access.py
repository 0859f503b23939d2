"""Who may see which collections: `QUORUM_ACCESS` against what the asker is (design.md, sections 9 and 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.types import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

EVERYONE = "*"
"""The reader that stands for all people, those of the web too, whom nobody knows."""


def visible(
    access: Mapping[str, Collection[str]],
    requested: Collection[str] | None = None,
    readers: Collection[str] = (),
) -> Scope:
    """Return the scope of somebody who is all of `readers`, narrowed to the `requested` collections if any.

    A collection that `access` does not list is open to all. The restricted ones are named as hidden, so that nobody
    needs a list of all collections, which only the index has and which changes while questions wait.
    """
    known = {EVERYONE, *readers}
    hidden = frozenset(name for name, allowed in access.items() if known.isdisjoint(allowed))
    return Scope(None if requested is None else frozenset(requested) - hidden, hidden=hidden)
