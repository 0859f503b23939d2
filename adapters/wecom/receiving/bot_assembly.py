"""Puts together what the AI bot needs of the receiving side, by callback or by long connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.limits import Limits
from adapters.wecom.crypto import Crypto
from adapters.wecom.receiving.bot_commands import BotCommands
from adapters.wecom.receiving.bot_intake import BotIntake
from adapters.wecom.receiving.callback import CallbackRoute
from adapters.wecom.receiving.desk import Desk
from adapters.wecom.receiving.gateway import Gateway, Pace
from adapters.wecom.receiving.handing import Handing, Keeper, Ways
from adapters.wecom.replying.bot import BotReplies
from adapters.wecom.streams.book import StreamBook
from adapters.wecom.streams.showing import Showing
from bot.ports import Leases, Ledger, Store
from bot.types import Question

if TYPE_CHECKING:
    from starlette.routing import Route

    from bot.settings import Wecom


@dataclass(frozen=True)
class BotOutside:
    """What the AI bot's receiving side is given; `accept` claims and queues, and tells whether a question is new."""

    accept: Callable[[Question], bool]
    ledger: Ledger
    store: Store
    leases: Leases
    limits: Limits


@dataclass(frozen=True)
class BotCallback:
    """The AI bot by callback: a `Receiver`."""

    route: CallbackRoute
    keeper: Keeper

    def routes(self) -> list[Route]:
        """Return the route that WeCom calls."""
        return [self.route.route()]

    def start(self) -> None:
        """Begin to look after answers that come too late for their streams."""
        self.keeper.start()

    def ready(self) -> bool:
        """Tell that questions can reach us, as they always can."""
        return True

    def close(self) -> None:
        """Leave what is late to another process, or the next start."""
        self.keeper.close()


@dataclass(frozen=True)
class BotSocket:
    """The AI bot by long connection: a `Receiver`."""

    gateway: Gateway

    def routes(self) -> list[Route]:
        """Return none: WeCom does not call us."""
        return []

    def start(self) -> None:
        """Begin to connect."""
        self.gateway.start()

    def ready(self) -> bool:
        """Tell whether the connection is subscribed, here or in a process that we stand by for."""
        return self.gateway.ready()

    def close(self) -> None:
        """Take nothing more, and let another process take over."""
        self.gateway.close()


def open_callback(settings: Wecom, outside: BotOutside, ways: Ways) -> BotCallback:
    """Put the callback together; `ways` lead to askers whose stream has ended. Raises `ConfigurationError`."""
    crypto = Crypto(settings.bot_token.strip(), settings.bot_aes_key.strip())
    intake = _intake(settings, outside)
    handing = Handing(intake.showing, outside.store, ways)
    route = CallbackRoute(crypto, intake, settings.bot_name)
    return BotCallback(route, Keeper(handing, outside.store, outside.leases))


def open_socket(settings: Wecom, outside: BotOutside, pace: Pace | None = None) -> BotSocket:
    """Put the long connection together; nothing is connected to before `start`."""
    desk = Desk(_intake(settings, outside), settings.bot_name)
    return BotSocket(Gateway(settings, desk, outside.leases, pace))


def _intake(settings: Wecom, outside: BotOutside) -> BotIntake:
    store, ledger = outside.store, outside.ledger
    showing = Showing(StreamBook(store), settings.stream_seconds)
    commands = BotCommands(ledger, store, BotReplies(store))
    return BotIntake(outside.accept, ledger, store, outside.limits, showing, commands)
