"""A whole installation that answers in a fake Slack: `quorum serve slack`, workers where there is a queue, a model."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.faults.keeping import rest
from tests.faults.processes import Processes, Setup
from tests.faults.slack_asking import Asker, furnish
from tests.faults.slack_tally import Sight, count, finished

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.asking import Asked
    from tests.faults.killing import Kill

DONE_S = 90.0
SETTLED_S = 1.0
"""Nothing is unfinished by then; whatever still happens, happens within this."""

LOOK_S = 0.15
RETRIES_S = (0.1, 5.0, 10.0, 20.0)
"""Slack delivers again almost at once, after a minute and after five; here time passes faster."""

UNSET = "http://127.0.0.1:9/slack/events"


@dataclass
class SlackStack(Processes):
    """The running processes, and the Slack that sees what people see."""

    slack: FakeSlack = field(kw_only=True)

    def finished(self) -> int:
        """Return how many questions have their finished reply by now."""
        return len(finished(self.slack))

    @contextmanager
    def asked(self, messages: Sequence[Asked], pace_s: float = 0.05) -> Iterator[Asker]:
        """Ask while the block runs; afterwards everything was posted."""
        asker = Asker(self.slack, pace_s)
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(asker.ask, messages)
            yield asker
            asking.result()

    def reached(self, number: int, within_s: float = DONE_S) -> None:
        """Wait until so many questions have their finished reply."""
        until(lambda: self.finished() >= number or rest(LOOK_S), f"{number} finished replies", within_s)

    def settled(self, within_s: float = DONE_S) -> None:
        """Wait until every delivery is over and nothing is unfinished, or time is."""
        deadline = time.monotonic() + within_s
        self.slack.settle(within_s)
        while self.unfinished() and time.monotonic() < deadline:
            rest(LOOK_S)
        rest(SETTLED_S)

    def sight(self, asker: Asker, within_s: float = DONE_S) -> Sight:
        """Wait until every question has its finished reply and nothing is left to do; count."""
        deadline = time.monotonic() + within_s
        wanted = {posted.id(self.slack) for posted in asker.all}
        while wanted - finished(self.slack) and time.monotonic() < deadline:
            rest(LOOK_S)
        self.settled(max(1.0, deadline - time.monotonic()))
        return count(self.slack, asker.lanes)

    def show(self, fault: str, sight: Sight, **more: object) -> None:
        """Print what became of the questions, and keep it."""
        self.report(fault, sight.tally, strayed=len(sight.strayed), posted_twice=len(sight.twice), **more)


@dataclass(frozen=True)
class SlackInstallation(Setup):
    """How the processes are set up that answer in Slack, over HTTP or by Socket Mode."""

    serve: tuple[str, ...] = ("serve", "slack")
    is_socket: bool = False

    @contextmanager
    def running(self, *kills: Kill, delay_s: float = 0.1, **settings: str) -> Iterator[SlackStack]:
        """Run it until the block ends; every process that dies meanwhile is started again."""
        with FakeSlack(None if self.is_socket else UNSET, retries_s=RETRIES_S) as slack:
            furnish(slack)
            with self.started(kills, delay_s, slack.settings | settings) as found:
                if not self.is_socket:
                    slack.events_url = f"{found.url}/slack/events"
                yield SlackStack(**found.__dict__, slack=slack)
                slack.deliveries.retries_s = ()
