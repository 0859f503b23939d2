"""Puts the replying side of WeCom together: who calls WeCom, and who answers there by which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.calling.client import WecomApi
from adapters.wecom.calling.quota import Quota
from adapters.wecom.credentials import modes
from adapters.wecom.gathering.gather import Gatherer
from adapters.wecom.gathering.history import History
from adapters.wecom.replying.app import AppReplies
from adapters.wecom.replying.bot import BotReplies
from adapters.wecom.replying.escalating import Escalating
from adapters.wecom.replying.marking import Marking
from adapters.wecom.replying.messenger import Hooks, WecomMessenger
from adapters.wecom.replying.outbox import Outbox
from adapters.wecom.replying.sayings import Sayings
from bot.conversation.acknowledging import AcknowledgingOnce
from bot.conversation.answers import AnswerBook

if TYPE_CHECKING:
    from adapters.wecom.credentials import Mode
    from adapters.wecom.replying.messenger import Replies
    from bot.conversation.escalation import Helpdesk
    from bot.ports import Leases, Ledger, Store
    from bot.settings import Settings


@dataclass(frozen=True)
class Replying:
    """What answers in WeCom, in every process that answers or takes questions; `app` is None without the app."""

    api: WecomApi
    app: AppReplies | None
    messenger: AcknowledgingOnce


def open_replying(
    settings: Settings, store: Store, ledger: Ledger, leases: Leases, helpdesk: Helpdesk | None = None
) -> Replying:
    """Put together what replies; nothing is called yet. Raises `ConfigurationError` for half a set of credentials.

    Questions for a human go to the helpdesk, in whichever messenger that is.
    """
    found, api = modes(settings.wecom), WecomApi(settings.wecom, store, leases)
    app = AppReplies(Outbox(api, store, Quota(store, leases, api.owner))) if "app" in found else None
    book = AnswerBook(store, settings.cache.sources_s)
    escalating = Escalating(Marking(api) if app else None, store, ledger, book, helpdesk)
    sayings = Sayings(book, History(store, book), waiting=lambda: len(ledger.unfinished(0.0)))
    replies: dict[Mode, Replies] = {mode: BotReplies(store) for mode in found if mode != "app"}
    if app is not None:
        replies["app"] = app
    gatherer = Gatherer(api if app else None, store, book, settings)
    hooks = Hooks(gatherer.gather, sayings.word, escalating.run)
    messenger = WecomMessenger(replies, hooks, settings.wecom.bot_name)
    return Replying(api, app, AcknowledgingOnce(messenger, store, leases))
