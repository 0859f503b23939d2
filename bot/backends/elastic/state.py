"""What all versions of one index share, in a small index beside them: how often it changed, and what is half-written.

Every writing is an edition. While its name stands in the document `unfinished`, its chunks are hidden from every search
(`bodies.finished`), whoever refreshes meanwhile; what a killed writer leaves stays hidden until a later one clears it.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from elasticsearch import Elasticsearch

UNFINISHED, EDITIONS = "unfinished", "editions"
ABANDONED_S = 86_400.0
"""An edition that was begun so long ago has no writer any more, however slow."""

_CHANGES = "changes"
_CONFLICTS = 100


def name(index: str) -> str:
    """Name the index that keeps the state of all versions of `index`."""
    return f"{index}-state"


class State:
    """The counter and the list; every change of the list is refused if another process changed it meanwhile."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        """Take the client and the state's own index, which `Versions.ensure` makes."""
        self._client, self.index = client, index

    def changed(self) -> None:
        """Count a change: before it is made and again when it is seen, so that nobody keeps an answer from between."""
        self._client.index(index=self.index, id=_CHANGES, document={})

    def changes(self) -> int:
        """Return how many changes were counted, by any process."""
        from elasticsearch import NotFoundError

        try:
            return int(self._client.get(index=self.index, id=_CHANGES, source=False)["_version"])
        except NotFoundError:
            return 0

    def begin(self) -> str:
        """Name a new edition and hide it."""
        edition = f"{int(time.time()):x}-{secrets.token_hex(4)}"
        self._change(lambda held: [*held, edition])
        return edition

    def closing(self, edition: str) -> list[dict[str, Any]]:
        """Return the bulk operation that shows an edition from the next refresh on."""
        held, seen = self._held()
        left = [one for one in held if one != edition]
        return [{"index": {"_index": self.index, "_id": UNFINISHED} | seen}, {EDITIONS: left}]

    def forget(self, editions: Sequence[str]) -> None:
        """Take editions off the list."""
        self._change(lambda held: [one for one in held if one not in editions])

    def abandoned(self) -> list[str]:
        """List the editions whose writers must be dead."""
        before = time.time() - ABANDONED_S
        return [edition for edition in self._held()[0] if int(edition.partition("-")[0], 16) < before]

    def _held(self) -> tuple[list[str], dict[str, int]]:
        """Return the list, and what a change of it must name to be accepted."""
        from elasticsearch import NotFoundError

        try:
            found = self._client.get(index=self.index, id=UNFINISHED)
        except NotFoundError:
            return [], {}
        seen = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return found["_source"][EDITIONS], seen

    def _change(self, change: Callable[[list[str]], list[str]]) -> None:
        from elasticsearch import ConflictError

        for left in reversed(range(_CONFLICTS)):
            held, seen = self._held()
            wanted: dict[str, Any] = seen or {"op_type": "create"}
            try:
                self._client.index(index=self.index, id=UNFINISHED, document={EDITIONS: change(held)}, **wanted)
            except ConflictError:
                if not left:
                    raise
            else:
                return
