"""In which threads we take part, so that people there need not mention us again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Store

KEPT_S = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Engagement:
    """Remembers threads under `slack-engaged:<team>:<channel>:<root>`; every mention there renews the 30 days."""

    store: Store

    def begin(self, team: str, channel: str, root: str) -> None:
        """Take part in a thread from now on. Raises `StoreUnavailableError`, as all methods do."""
        self.store.put(_key(team, channel, root), b"1", KEPT_S)

    def holds(self, team: str, channel: str, root: str) -> bool:
        """Tell whether we take part in a thread."""
        return self.store.get(_key(team, channel, root)) is not None

    def end(self, team: str, channel: str, root: str) -> None:
        """Take part no longer, until somebody mentions us again."""
        self.store.delete(_key(team, channel, root))


def _key(team: str, channel: str, root: str) -> str:
    return f"slack-engaged:{team}:{channel}:{root}"
