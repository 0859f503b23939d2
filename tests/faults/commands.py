"""The real `quorum`, with answers going to a test's platform, ports that kill, and a clock that a test can set.

`python -m tests.faults.commands serve|work …`; FAULT_PLATFORM, FAULT_KILLS and FAULT_CLOCK say where those are. Without
a platform, answers go where the settings say, and every call to Slack is a kill point, `slack.ask`, or to WeCom:
`wecom.post`, and `wecom.send` after a frame of the long connection was acknowledged. FAULT_PARTED_S is for how long
nothing subscribes there after somebody else did.
"""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fakes import clock
from tests.fakes.chat_platform import PlatformMessenger
from tests.faults.killing import Deadly, Reaper, die

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.ports import Leases, Ledger, Messenger, Store
    from bot.settings import Settings
    from bot.types import Platform, Question
    from bot.wiring import Parts

PORTS = {"open_store": "store", "open_ledger": "ledger", "open_leases": "leases", "open_model": "model"}
PARENT_S = 1.0
LEASE_S = 3.0


def end_with(parent: int) -> None:
    """Die when the test that started this process is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(PARENT_S)
        die()

    threading.Thread(target=watch, daemon=True).start()


def make_deadly(reaper: Reaper) -> None:
    """Put kill points around the ports that the wiring opens, and around the taking of a question."""
    from bot import wiring
    from workers.accept import Acceptance

    for function, name in PORTS.items():
        setattr(wiring, function, _deadly(getattr(wiring, function), name, reaper))
    build, take = wiring.build, Acceptance.__call__

    def built(settings: Settings) -> Parts:
        parts = build(settings)
        deadly = Deadly(parts.bot, "bot", reaper)
        return replace(parts, make_bot=lambda: deadly)

    def taken(acceptance: Acceptance, question: Question) -> bool:
        return reaper.call("accept", take, acceptance, question)

    wiring.build = built
    Acceptance.__call__ = taken  # type: ignore[method-assign] # the class is what the server names


def answer_to(platform: str, reaper: Reaper) -> None:
    """Let the web's answers go to the platform at this address."""
    from workers import assembly

    opening = assembly.open_messengers

    def opened(settings: Settings, store: Store, ledger: Ledger, leases: Leases) -> dict[Platform, Messenger]:
        reading = opening(settings, store, ledger, leases)["web"]
        return {"web": Deadly(PlatformMessenger(platform, reading), "messenger", reaper)}

    assembly.open_messengers = opened


def make_calls_deadly(reaper: Reaper) -> None:
    """Put a kill point around every call to Slack; its arguments are the method, `channel` and the method's own."""
    from adapters.slack.calling.client import Reply, SlackApi

    ask = SlackApi.ask

    def asked(api: SlackApi, method: str, **arguments: object) -> Reply:
        return reaper.call("slack.ask", ask, api, method, **arguments)

    SlackApi.ask = asked  # type: ignore[method-assign] # the class is what the messenger names


def make_wecom_deadly(reaper: Reaper) -> None:
    """Put a kill point around every call to WeCom, and behind every frame; its arguments are the command and body."""
    from adapters.wecom.calling.client import WecomApi
    from adapters.wecom.receiving.connection import Connection

    post, send = WecomApi.post, Connection.send

    def posted(api: WecomApi, method: str, body: Mapping[str, object]) -> dict[str, Any]:
        return reaper.call("wecom.post", post, api, method, body)

    async def sent(connection: Connection, command: str, body: dict[str, Any], *rest: Any, **named: Any) -> int:  # noqa: ANN401 - what `send` takes
        code = await send(connection, command, body, *rest, **named)
        if end := reaper.due("wecom.send", "after", ((command, body), named)):
            end()
        return code

    WecomApi.post = posted  # type: ignore[method-assign] # the class is what the messenger names
    Connection.send = sent  # type: ignore[method-assign] # the class is what the gateway names


def hurry(parted_s: float) -> None:
    """Let the leases of the long connection be short, and a subscription of somebody else not be feared for long."""
    from adapters.wecom.receiving import gateway

    gateway.Pace = functools.partial(gateway.Pace, lease_s=LEASE_S, parted_s=parted_s)  # type: ignore[assignment,misc] # the gateway calls it


def arrange() -> None:
    """Change this process as the environment says; a child that is started afresh does the same."""
    reaper = Reaper.load(Path(os.environ["FAULT_KILLS"]))
    clock.follow(Path(os.environ["FAULT_CLOCK"]))
    make_deadly(reaper)
    if platform := os.environ.get("FAULT_PLATFORM"):
        answer_to(platform, reaper)
    elif parted_s := os.environ.get("FAULT_PARTED_S"):
        make_wecom_deadly(reaper)
        hurry(float(parted_s))
    else:
        make_calls_deadly(reaper)


def _deadly(opening: Callable[..., object], name: str, reaper: Reaper) -> Callable[..., Any]:
    return lambda *arguments: Deadly(opening(*arguments), name, reaper)


if __name__ in {"__main__", "__mp_main__"}:
    arrange()
if __name__ == "__main__":
    from workers.cli.main import main

    end_with(os.getppid())
    main()
