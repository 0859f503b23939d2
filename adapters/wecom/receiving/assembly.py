"""Puts the receiving side together: what `quorum serve` starts, asks for readiness, and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.background import Background
from adapters.limits import Backlog, Limits
from adapters.wecom.calling.client import WecomApi
from adapters.wecom.credentials import modes
from adapters.wecom.crypto import Crypto
from adapters.wecom.receiving.app import AppRoute
from adapters.wecom.receiving.app_commands import AppCommands
from adapters.wecom.receiving.app_intake import AppIntake
from adapters.wecom.receiving.bot_assembly import BotOutside, open_callback, open_socket
from adapters.wecom.receiving.handing import Ways
from adapters.wecom.replying.app import AppReplies
from adapters.wecom.replying.marking import Marking
from bot.ports import Leases, Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from starlette.routing import Route

    from bot.settings import Settings


@dataclass(frozen=True)
class Outside:
    """What the receiving side is given by whoever runs it.

    `accept` claims and queues a question and tells whether it is new. `app` is None where there is no app; `waiting`
    counts the unfinished questions and may block for a moment.
    """

    accept: Callable[[Question], bool]
    ledger: Ledger
    store: Store
    leases: Leases
    api: WecomApi
    app: AppReplies | None
    waiting: Callable[[], int]


class Way(Protocol):
    """One of WeCom's ways to us."""

    def routes(self) -> list[Route]:
        """Return the routes that WeCom calls."""

    def start(self) -> None:
        """Begin what is to be begun."""

    def ready(self) -> bool:
        """Tell whether questions can reach us."""

    def close(self) -> None:
        """Take nothing more, and finish what was begun."""


@dataclass(frozen=True)
class AppCallback:
    """The self-built app's callback."""

    route: AppRoute

    def routes(self) -> list[Route]:
        """Return the route that WeCom calls."""
        return [self.route.route()]

    def start(self) -> None:
        """Begin nothing: WeCom calls us."""

    def ready(self) -> bool:
        """Tell that questions can reach us, as they always can."""
        return True

    def close(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True)
class Receiving:
    """All of WeCom's ways to us that are set up."""

    ways: Sequence[Way]
    background: Background
    api: WecomApi

    def routes(self) -> list[Route]:
        """Return the routes of all ways."""
        return [route for way in self.ways for route in way.routes()]

    def start(self) -> None:
        """Begin with all ways."""
        for way in self.ways:
            way.start()

    def ready(self) -> bool:
        """Tell whether questions can reach us by every way."""
        return all(way.ready() for way in self.ways)

    def close(self) -> None:
        """Take nothing more, and finish what was begun."""
        for way in self.ways:
            way.close()
        self.background.close()
        self.api.close()


def open_receiving(settings: Settings, outside: Outside) -> Receiving:
    """Put together what takes from WeCom; nothing is called or connected to before `start` or the first request.

    Raises `ConfigurationError`.
    """
    found, background, ways = modes(settings.wecom), Background("wecom"), list[Way]()
    backlog = Backlog(outside.waiting, settings.limits.waiting, background)
    limits = Limits(outside.store, backlog, settings.limits.questions_per_minute)
    if "app" in found and outside.app is not None:
        ways.append(_app(settings, outside, outside.app, (limits, background)))
    bot = BotOutside(outside.accept, outside.ledger, outside.store, outside.leases, limits)
    if "callback" in found:
        send = None if outside.app is None else outside.app.forward
        ways.append(open_callback(settings.wecom, bot, Ways(outside.api.respond, send)))
    if "socket" in found:
        ways.append(open_socket(settings.wecom, bot))
    return Receiving(ways, background, outside.api)


def _app(settings: Settings, outside: Outside, app: AppReplies, shared: tuple[Limits, Background]) -> AppCallback:
    wecom, (limits, background) = settings.wecom, shared
    intake = AppIntake(
        accept=outside.accept,
        ledger=outside.ledger,
        store=outside.store,
        limits=limits,
        commands=AppCommands(outside.ledger, outside.store),
        replies=app,
        marking=Marking(outside.api),
        background=background,
    )
    crypto = Crypto(wecom.token.strip(), wecom.aes_key.strip(), wecom.corp_id.strip())
    return AppCallback(AppRoute(crypto, wecom.corp_id.strip(), wecom.agent_id.strip(), intake.hear))
