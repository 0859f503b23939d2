"""Who we are in the workspace, and what we may do there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from adapters.slack.hearing.posts import Ourselves

if TYPE_CHECKING:
    from adapters.slack.calling.client import SlackApi
    from bot.ports import Store

KEPT_S = 86_400.0


@dataclass(frozen=True)
class Identity:
    """The workspace, our user and bot there, the workspace's address, and the scopes that our token was granted."""

    team: str
    user: str
    bot: str
    url: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def ourselves(self) -> Ourselves:
        """Who we are, as what is heard wants to know it."""
        return Ourselves(self.user, self.bot)


_IDENTITY = TypeAdapter(Identity)


class Identifying:
    """Asks Slack once a day whose our token is; kept in memory and in the store, for each token its own."""

    def __init__(self, api: SlackApi, store: Store, token: str) -> None:
        """Take the token only to tell its identity from another's."""
        self._api, self._store = api, store
        self._key = f"slack-identity:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        self._known: Identity | None = None

    def ours(self) -> Identity:
        """Return who we are; asks Slack only where nobody knows. Raises what `SlackApi` raises."""
        if self._known is None:
            kept = self._store.get(self._key)
            self._known = self.asked() if kept is None else _IDENTITY.validate_json(kept)
        return self._known

    def asked(self) -> Identity:
        """Ask Slack now, as the doctor does, and remember the reply. Raises what `SlackApi` raises."""
        reply = self._api.ask("auth.test")
        granted = reply.headers.get("x-oauth-scopes", "")
        found = self._known = Identity(
            team=str(reply.data.get("team_id") or ""),
            user=str(reply.data.get("user_id") or ""),
            bot=str(reply.data.get("bot_id") or ""),
            url=str(reply.data.get("url") or ""),
            scopes=frozenset(each.strip() for each in granted.split(",") if each.strip()),
        )
        self._store.put(self._key, _IDENTITY.dump_json(found), KEPT_S)
        return found
