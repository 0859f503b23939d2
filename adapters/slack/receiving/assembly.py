"""Puts the receiving side together: what `quorum serve` starts, asks for readiness, and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.background import Background
from adapters.limits import Backlog, Limits
from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.calling.people import People
from adapters.slack.layout.views import Shelf
from adapters.slack.receiving import bolt
from adapters.slack.receiving.clicks import Clicks
from adapters.slack.receiving.commanding import Commands
from adapters.slack.receiving.engagement import Engagement
from adapters.slack.receiving.home import Home
from adapters.slack.receiving.intake import Intake
from adapters.slack.receiving.notices import Notices
from adapters.slack.receiving.recents import Recents
from adapters.slack.receiving.routes import EventsRoute
from adapters.slack.receiving.sockets import Sockets
from adapters.slack.receiving.versions import Versions
from bot.conversation.answers import AnswerBook
from bot.diagnosis.masking import masked_question
from bot.ports import Leases, Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from starlette.routing import Route

    from bot.settings import Settings

ACKNOWLEDGING = 16
"""So many questions can be acknowledged at the same time, each taking Slack a fraction of a second."""


@dataclass(frozen=True)
class Outside:
    """What the receiving side is given by whoever runs it.

    `accept` claims and queues a question and tells whether it is new. `acknowledge` shows in Slack that a question
    arrived; it may be called for one that is acknowledged already. `shelves` lists what a person may see, `waiting`
    counts the unfinished questions; both may block for a moment.
    """

    accept: Callable[[Question], bool]
    acknowledge: Callable[[Question], object]
    ledger: Ledger
    store: Store
    leases: Leases
    api: SlackApi
    identity: Identifying
    people: People
    shelves: Callable[[str], Sequence[Shelf]]
    waiting: Callable[[], int]


@dataclass(frozen=True)
class Receiving:
    """Slack's ways to us; `sockets` is None without an app token."""

    events: EventsRoute
    sockets: Sockets | None
    identity: Identifying
    backgrounds: tuple[Background, ...]

    def routes(self) -> list[Route]:
        """Return the route that takes events, clicks and commands; it lets nothing through without a signing secret."""
        return [self.events.route()]

    def start(self) -> None:
        """Find out who we are, soon, and begin to connect where Socket Mode is used."""
        self.backgrounds[-1].do("who we are", self.identity.ours)
        if self.sockets is not None:
            self.sockets.start()

    def ready(self) -> bool:
        """Tell whether questions can reach us: with Socket Mode only once Slack has greeted us."""
        return self.sockets is None or self.sockets.ready()

    def close(self) -> None:
        """Take nothing more, and finish what was begun."""
        if self.sockets is not None:
            self.sockets.close()
        for background in self.backgrounds:
            background.close()


def open_receiving(settings: Settings, outside: Outside) -> Receiving:
    """Put together what takes from Slack; nothing is called or connected to before `start` or the first request."""
    quick, early = Background("quick"), Background("early", ACKNOWLEDGING)
    later = Background("later", 1)  # one thread, so that what can wait does not stand in a line before what cannot
    secret = settings.slack.signing_secret.strip()
    app = bolt.app(secret, _intake(settings, outside, (quick, early, later)).hear)
    return Receiving(
        EventsRoute(app, secret),
        Sockets(settings.slack, app) if settings.slack.app_token else None,
        outside.identity,
        (early, later, quick),
    )


def _intake(settings: Settings, outside: Outside, backgrounds: tuple[Background, Background, Background]) -> Intake:
    store, ledger, api, (quick, early, later) = outside.store, outside.ledger, outside.api, backgrounds
    backlog = Backlog(outside.waiting, settings.limits.waiting, quick)
    book = AnswerBook(store, settings.cache.sources_s)
    recents, versions = Recents(store), Versions(ledger, store, outside.leases)
    engagement = Engagement(store)
    clicks = Clicks(api, outside.accept, ledger, store, book, recents, quick)
    return Intake(
        ours=lambda: outside.identity.ours().ourselves,
        mask=partial(masked_question, policy=settings.masking),
        accept=outside.accept,
        acknowledge=outside.acknowledge,
        ledger=ledger,
        limits=Limits(store, backlog, settings.limits.questions_per_minute),
        engagement=engagement,
        versions=versions,
        recents=recents,
        commands=Commands(outside.accept, engagement, recents, versions, clicks, backlog, outside.shelves),
        clicks=clicks,
        home=Home(api, outside.people, ledger, book, recents, versions, outside.shelves, quick),
        notices=Notices(api, quick, settings.limits.questions_per_minute),
        early=early,
        later=later,
    )
