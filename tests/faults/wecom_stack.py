"""A whole installation that answers in a fake WeCom: `quorum serve wecom`, workers where there is a queue, a model.

It is the self-built app, and the AI bot by callback or by long connection, at the same time. One that runs is shared
by many tests: each asks by people of its own.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.fakes import rooms
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.faults.keeping import rest
from tests.faults.processes import Processes, Setup
from tests.faults.wecom_asking import ALL, FULL, Asker
from tests.faults.wecom_tally import LOST, Read, Sight, count, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.asking import Asked
    from tests.faults.keeping import Kept
    from tests.faults.killing import Kill

Way = Literal["callback", "socket"]

DEFAULT = ("callback-embedded", "socket-engines")
CALLBACK, SOCKET = DEFAULT
STACKS = (*DEFAULT, "callback-engines", "socket-embedded") if FULL else DEFAULT
"""How the AI bot is reached, and what the questions are worked on with."""
CALLBACKS, SOCKETS, ENGINES = (
    tuple(each for each in STACKS if kind in each) for kind in ("callback", "socket", "engines")
)

DONE_S = 150.0
SETTLED_S = 1.5
"""Nothing is unfinished by then; whatever still happens, happens within this."""

LOOK_S = 0.15
PARTED_S = 5.0
"""A minute in life: so long nothing subscribes after somebody else did."""

GRACE_S = 60.0
"""Longer than it takes until a killed process is back: what WeCom makes of a message meanwhile is not documented."""

FURTHER = 9
"""Three times within ten seconds is less than a restart may take on a machine that does much else."""

AT_ONCE = 9
"""Whether streams that were left hanging count among those in progress is not documented either."""

UNSET = "http://127.0.0.1:9/wecom"


@dataclass
class WecomStack(Processes):
    """The running processes, and the WeCom that sees what people see."""

    wecom: FakeWeCom = field(kw_only=True)
    way: Way = field(kw_only=True)

    @contextmanager
    def asked(self, messages: Sequence[Asked], places: Sequence[str] = ALL, pace_s: float = 0.05) -> Iterator[Asker]:
        """Ask while the block runs; afterwards everything was written."""
        self.begun = time.monotonic()
        asker = Asker(self.wecom, places, pace_s)
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(asker.ask, messages)
            yield asker
            asking.result()

    @contextmanager
    def asked_and_held(self, messages: Sequence[Asked], places: Sequence[str] = ALL) -> Iterator[Asker]:
        """Ask, and let no answer be found before the block ends; when it begins, every question is taken."""
        self.begun = time.monotonic()
        asker = Asker(self.wecom, places, 0.0)
        self.model.gate.clear()
        try:
            asker.ask(messages)
            self.taken(asker, len(messages))
            yield asker
        finally:
            self.model.gate.set()

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass in a moment, as for a machine that slept; it stays passed."""
        self.wecom.advance(seconds)
        self.shift_clock(self.wecom.corp.skew_s)

    def reached(self, asker: Asker, number: int, within_s: float = DONE_S) -> None:
        """Wait until so many of an asker's questions have their reply."""
        until(lambda: len(asker.all) - self.in_flight(asker) >= number or rest(LOOK_S), f"{number} replies", within_s)

    def taken(self, asker: Asker, number: int, within_s: float = DONE_S) -> None:
        """Wait until there is a sign of so many of an asker's questions that they were taken."""
        until(lambda: sum(map(asker.taken, asker.all)) >= number or rest(LOOK_S), f"{number} signs", within_s)

    def sight(self, asker: Asker, within_s: float = DONE_S) -> Sight:
        """Wait until every question has its reply and nothing is left to do; count.

        Who is told that a reply may be lost, and sees none, asks again, as people do.
        """
        deadline = time.monotonic() + within_s
        while unanswered(self.wecom, asker) and time.monotonic() < deadline:
            rest(LOOK_S)
            if self.unfinished() == 0:
                rest(SETTLED_S)
                self._ask_again(asker)
        while self.unfinished() and time.monotonic() < deadline:
            rest(LOOK_S)
        rest(SETTLED_S)
        return count(self.wecom, asker)

    def show(self, fault: str, asker: Asker, sight: Sight, **more: object) -> None:
        """Print what became of the questions, and keep it."""
        figures = {"strayed": len(sight.strayed), "unsure": sight.unsure, "again": sight.again, "later": sight.later}
        self.report(fault, sight.tally, **figures, **more)
        if not sight.whole:
            self.explain(AssertionError)
            print("strayed", sight.strayed, "no reply", unanswered(self.wecom, asker))  # noqa: T201 - pytest shows it with the failure

    def in_flight(self, asker: Asker) -> int:
        """Return how many of an asker's questions have no reply."""
        return len(unanswered(self.wecom, asker))

    def holder(self) -> Kept:
        """Return the process that holds the long connection."""
        live = until(lambda: self.wecom.gateway.live, "a subscription", DONE_S)
        name = live.socket.headers["user-agent"]
        return next(each for each in (self.server, *self.standbys) if each.name == name)

    def _ask_again(self, asker: Asker) -> None:
        told = Read.of(self.wecom, asker).notices(LOST) - asker.again
        for posted in unanswered(self.wecom, asker):
            if told[posted.chat] > 0:
                told[posted.chat] -= 1
                asker.ask_again(posted)


@dataclass(frozen=True)
class WecomInstallation(Setup):
    """How the processes are set up that answer in WeCom."""

    serve: tuple[str, ...] = ("serve", "wecom")
    way: Way = "callback"

    @contextmanager
    def running(self, *kills: Kill, delay_s: float = 0.1, **settings: str) -> Iterator[WecomStack]:
        """Run it until the block ends; every process that dies meanwhile is started again."""
        is_callback = self.way == "callback"
        with FakeWeCom(f"{UNSET}/app", f"{UNSET}/aibot" if is_callback else None) as wecom:
            wecom.gateway.grace_s, wecom.corp.at_once, wecom.deliveries.further = GRACE_S, AT_ONCE, FURTHER
            surroundings = {"FAULT_PARTED_S": str(PARTED_S), "QUORUM_MODELS__TIMEOUT_S": str(rooms.PATIENCE_S)}
            surroundings["QUORUM_CACHE__ANSWERS_S"] = "0"  # each test asks the same
            given = wecom.settings | surroundings | settings
            with self.started(kills, delay_s, given) as found:
                wecom.deliveries.app_url = f"{found.url}/wecom/app"
                if is_callback:
                    wecom.deliveries.bot_url = f"{found.url}/wecom/aibot"
                yield WecomStack(**found.__dict__, wecom=wecom, way=self.way)
                wecom.settle()
