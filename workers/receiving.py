"""The messengers that take questions in `quorum serve`: which are wanted, and what each is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from bot.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Route

    from bot.settings import Settings
    from bot.types import Platform
    from workers.backing import Backing

Wanted = Literal["web", "slack", "wecom", "all"]


class Receiver(Protocol):
    """One messenger's way to us."""

    def routes(self) -> list[Route]:
        """Return the routes that the platform calls."""

    def start(self) -> None:
        """Begin to connect to the platform, where it does not call us."""

    def ready(self) -> bool:
        """Tell whether questions can reach us."""

    def close(self) -> None:
        """Take nothing more, and finish what was begun."""


def configured(settings: Settings, wanted: Wanted) -> frozenset[Platform]:
    """Return the messengers to serve: the one that is wanted, or all whose credentials are set.

    Raises `ConfigurationError` for half a set of credentials, and for one that is wanted without any;
    `MissingExtraError` where its libraries are not installed.
    """
    found: set[Platform] = {"web"} if wanted in {"web", "all"} else set()
    if wanted in {"slack", "all"} and _has_slack(settings, must=wanted == "slack"):
        found.add("slack")
    if wanted in {"wecom", "all"} and _has_wecom(settings, must=wanted == "wecom"):
        found.add("wecom")
    return frozenset(found)


def open_receivers(settings: Settings, backing: Backing, platforms: frozenset[Platform]) -> Sequence[Receiver]:
    """Put together what takes questions besides the web; nothing is connected to yet."""
    found: list[Receiver] = []
    if "slack" in platforms:
        found.append(_slack(settings, backing))
    if "wecom" in platforms:
        found.append(_wecom(settings, backing))
    return found


def _slack(settings: Settings, backing: Backing) -> Receiver:
    from adapters.slack.assembly import open_replying
    from adapters.slack.receiving.assembly import Outside, open_receiving
    from workers.accept import Acceptance  # only now: what counts is imported after it was said where to count

    replying = open_replying(settings, backing.store, backing.ledger, backing.leases)
    outside = Outside(
        accept=Acceptance(backing.ledger, backing.dispatcher, masking=settings.masking),
        acknowledge=replying.messenger.acknowledge,
        ledger=backing.ledger,
        store=backing.store,
        leases=backing.leases,
        api=replying.api,
        identity=replying.identity,
        people=replying.people,
        shelves=replying.shelves,
        waiting=lambda: len(backing.ledger.unfinished(0.0)),
    )
    return open_receiving(settings, outside)


def _wecom(settings: Settings, backing: Backing) -> Receiver:
    from adapters.wecom.assembly import open_replying
    from adapters.wecom.receiving.assembly import Outside, open_receiving
    from workers.accept import Acceptance  # only now: what counts is imported after it was said where to count

    replying = open_replying(settings, backing.store, backing.ledger, backing.leases)
    outside = Outside(
        accept=Acceptance(backing.ledger, backing.dispatcher, masking=settings.masking),
        ledger=backing.ledger,
        store=backing.store,
        leases=backing.leases,
        api=replying.api,
        app=replying.app,
        waiting=lambda: len(backing.ledger.unfinished(0.0)),
    )
    return open_receiving(settings, outside)


def _has_slack(settings: Settings, *, must: bool) -> bool:
    from importlib.util import find_spec

    from adapters.slack.credentials import BOT_TOKEN, SIGNING_SECRET, transport

    if transport(settings.slack) == "off":
        if must:
            message = (
                f"Slack is not configured. Set {BOT_TOKEN} and {SIGNING_SECRET}; docs/slack.md says where they are."
            )
            raise ConfigurationError(message)
        return False
    for library in ("slack_bolt", "slack_sdk"):
        if find_spec(library) is None:
            raise MissingExtraError(library, "slack")
    return True


def _has_wecom(settings: Settings, *, must: bool) -> bool:
    from importlib.util import find_spec

    from adapters.wecom.credentials import is_set, missing, modes

    if not is_set(settings.wecom):
        if must:
            message = (
                f"WeCom is not configured. Set {missing('app')} for the app, {missing('callback')} or "
                f"{missing('socket')} for an AI bot; docs/wecom.md says where they are."
            )
            raise ConfigurationError(message)
        return False
    for library in ("cryptography", "wechatpy", "websockets"):
        if find_spec(library) is None:
            raise MissingExtraError(library, "wecom")
    return bool(modes(settings.wecom))
