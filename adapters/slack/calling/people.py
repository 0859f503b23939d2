"""What we must know of people and channels: names, languages, user groups, and whether others read along."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import MessengerRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.slack.calling.client import SlackApi
    from bot.ports import Store
    from bot.types import Language

KEPT_S = 600.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace, or in another one with which a channel is shared (`team`)."""

    id: str
    name: str = field(default="", repr=False)
    locale: str = ""
    team: str = ""
    is_bot: bool = False
    is_gone: bool = False

    @property
    def language(self) -> Language:
        """The language of the person's Slack."""
        return "zh" if self.locale.lower().startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `is_external`: people of other companies read along (Slack Connect)."""

    id: str
    name: str = field(default="", repr=False)
    is_external: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False


class People:
    """Asks Slack about people and channels, and keeps what it says in the store for `KEPT_S` seconds.

    All methods but `name` raise what `SlackApi` raises; `MessengerRefusedError` where a scope is missing or nobody of
    that id is known.
    """

    def __init__(self, api: SlackApi, store: Store) -> None:
        """Use one store among all processes."""
        self._api, self._store = api, store
        self._asking = threading.Lock()

    def person(self, user: str) -> Person:
        """Return what is known of somebody."""
        return Person(**self._kept(f"slack-person:{user}", lambda: asdict(self._person(user))))

    def name(self, user: str) -> str:
        """Return the name under which people know somebody, or the id where Slack tells none."""
        try:
            return self.person(user).name or user
        except MessengerRefusedError:
            return user

    def groups(self, user: str) -> frozenset[str]:
        """Return the ids of the user groups that somebody is in."""
        with self._asking:  # the list is the same for all, and may be asked for twenty times a minute
            groups = self._kept("slack-groups", self._groups)
        return frozenset(group for group, users in groups.items() if user in users)

    def channel(self, channel: str) -> Channel:
        """Return what is known of a channel."""
        return Channel(**self._kept(f"slack-channel:{channel}", lambda: asdict(self._channel(channel))))

    def _kept(self, key: str, ask: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        kept = self._store.get(key)
        if kept is not None:
            return dict(json.loads(kept))
        found = dict(ask())
        self._store.put(key, json.dumps(found).encode(), KEPT_S)
        return found

    def _person(self, user: str) -> Person:
        found = self._api.call("users.info", user=user, include_locale=True).get("user") or {}
        profile = found.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), found.get("real_name"), found.get("name"))
        return Person(
            id=user,
            name=next((str(name) for name in names if name), ""),
            locale=str(found.get("locale") or ""),
            team=str(found.get("team_id") or ""),
            is_bot=bool(found.get("is_bot")),
            is_gone=bool(found.get("deleted")),
        )

    def _groups(self) -> dict[str, list[str]]:
        found = self._api.call("usergroups.list", include_users=True).get("usergroups") or ()
        return {str(each.get("id")): [str(user) for user in each.get("users") or ()] for each in found}

    def _channel(self, channel: str) -> Channel:
        found = self._api.call("conversations.info", channel=channel).get("channel") or {}
        return Channel(
            id=channel,
            name=str(found.get("name") or ""),
            is_external=bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared")),
            is_private=bool(found.get("is_private")),
            is_archived=bool(found.get("is_archived")),
            is_im=bool(found.get("is_im")),
        )
