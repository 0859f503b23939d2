"""Puts a worker together from settings: what `quorum work`, `quorum serve` and `quorum chat` run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import DeadLetters, Leases, Ledger
from bot.wiring import Parts
from workers import queues
from workers.handler import Handler
from workers.helpdesks import open_helpdesks
from workers.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Messenger, Store
    from bot.settings import Settings
    from bot.types import Platform


_TURN_S = 10.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A handler with everything it needs; `close` releases all of it."""

    parts: Parts
    ledger: Ledger
    leases: Leases
    dead: DeadLetters
    handler: Handler

    def close(self) -> None:
        """Release files and connections."""
        for part in (self.dead, self.leases, self.ledger, self.parts):
            part.close()


def open_worker(settings: Settings, messengers: Mapping[Platform, Messenger] | None = None) -> Worker:
    """Open every backend, and the messengers that the settings name unless others are given.

    Raises `ConfigurationError` and the backends' own errors.
    """
    from bot import wiring
    from bot.conversation.answers import AnswerBook

    parts = wiring.build(settings)
    ledger, leases = wiring.open_ledger(settings), wiring.open_leases(settings)
    dead = wiring.open_dead_letters(settings)
    handler = Handler(
        wiring.build_answerer(parts, leases),
        ledger,
        leases,
        AnswerBook(parts.store, settings.cache.sources_s),
        dead,
        open_messengers(settings, parts.store, ledger, leases) if messengers is None else messengers,
        Tries(
            settings.work.attempts,
            settings.work.crashes,
            settings.work.lease_s,
            min(_TURN_S, settings.work.visibility_timeout_s / 10),
            min(settings.limits.at_once, max(1, settings.work.concurrency // 2)),
        ),
        masking=settings.masking,
        durable=not queues.is_inline(settings),
    )
    return Worker(parts, ledger, leases, dead, handler)


def open_messengers(settings: Settings, store: Store, ledger: Ledger, leases: Leases) -> dict[Platform, Messenger]:
    """Open the messengers that the settings name; the web is always there, since it needs no account.

    Raises `ConfigurationError` for half a set of credentials, and for a helpdesk that can be none.
    """
    from adapters.web.messenger import WebMessenger
    from workers.receiving import configured

    found: dict[Platform, Messenger] = {"web": WebMessenger(store, settings.cache.sources_s)}
    platforms = configured(settings, "all")
    desks = open_helpdesks(settings, store, leases, platforms)
    if "slack" in platforms:
        from adapters.slack import assembly as slack

        found["slack"] = slack.open_replying(settings, store, ledger, leases, desks.get("slack")).messenger
    if "wecom" in platforms:
        from adapters.wecom import assembly as wecom

        found["wecom"] = wecom.open_replying(settings, store, ledger, leases, desks.get("wecom")).messenger
    return found
