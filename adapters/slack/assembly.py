"""Puts the Slack side together: who calls Slack, who replies there, and what takes in what people write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.calling.people import People
from adapters.slack.gathering.gather import Gatherer
from adapters.slack.gathering.scope import names_groups
from adapters.slack.layout.views import Shelf, shelf_notice
from adapters.slack.replying.desk import ChannelDesk
from adapters.slack.replying.escalating import Escalating
from adapters.slack.replying.messenger import Hooks, SlackMessenger
from bot import access
from bot.conversation.acknowledging import AcknowledgingOnce
from bot.conversation.answers import AnswerBook
from bot.errors import MessengerRefusedError, MessengerUnavailableError
from bot.knowledge import shelving
from bot.ports import Store
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.layout.blocks import Reply
    from bot.conversation.escalation import Helpdesk
    from bot.ports import Leases, Ledger
    from bot.types import Question


@dataclass(frozen=True)
class Replying:
    """What answers in Slack, in every process that answers or takes questions; `messenger` posts once for all."""

    api: SlackApi
    identity: Identifying
    people: People
    messenger: AcknowledgingOnce
    shelves: Shelves


@dataclass(frozen=True)
class Shelves:
    """Lists the collections that a person may see, as they were after the last import."""

    settings: Settings
    store: Store
    people: People

    def __call__(self, user: str) -> Sequence[Shelf]:
        """Return them by name; groups count where Slack tells them. Raises `StoreUnavailableError`."""
        groups = self._groups(user) if names_groups(self.settings.access) else ()
        readers = {f"slack:{each}" for each in (user, *groups)}
        hidden = access.visible(self.settings.access, readers=readers).hidden
        return [
            Shelf(each.name, each.documents, each.changed_at)
            for each in shelving.listing(self.store)
            if each.name not in hidden
        ]

    def reply(self, question: Question) -> Reply:
        """List them in a message, for whoever asked. Raises `StoreUnavailableError`."""
        return shelf_notice(self(question.address.user), question.language)

    def _groups(self, user: str) -> frozenset[str]:
        try:
            return self.people.groups(user)
        except (MessengerUnavailableError, MessengerRefusedError):
            return frozenset()


def open_helpdesk(settings: Settings, store: Store) -> Helpdesk | None:
    """Return the channel of the settings, else None; nothing is called yet."""
    channel = settings.helpdesk.slack_channel.strip()
    if not channel:
        return None
    api = SlackApi(settings.slack, store)
    return ChannelDesk(api, Identifying(api, store, settings.slack.bot_token), channel)


def open_replying(
    settings: Settings, store: Store, ledger: Ledger, leases: Leases, helpdesk: Helpdesk | None = None
) -> Replying:
    """Put together what replies; nothing is called yet.

    Questions for a human go to the helpdesk, in whichever messenger that is.
    """
    api = SlackApi(settings.slack, store)
    identity, people = Identifying(api, store, settings.slack.bot_token), People(api, store)
    shelves = Shelves(settings, store, people)
    gatherer = Gatherer(api, people, identity, settings)
    book = AnswerBook(store, settings.cache.sources_s)
    escalating = Escalating(api, identity, store, ledger, book, helpdesk)
    messenger = SlackMessenger(api, identity, store, Hooks(gatherer.gather, escalating.run, shelves.reply))
    return Replying(api, identity, people, AcknowledgingOnce(messenger, store, leases), shelves)
