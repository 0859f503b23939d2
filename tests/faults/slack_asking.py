"""People who ask in a fake Slack: in threads, with and without a mention, alone in channels, and directly."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import HELP, PRIVATE
from tests.faults.asking import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.asking import Asked

FULL = os.environ.get("QUORUM_FULL") == "1"
PEOPLE = tuple(f"U0PERSON{number}" for number in range(10))
ROOMS = (HELP, PRIVATE, "C0SECOND1", "C0THIRD01")
THREADS = 8
TAKEN_S = 60.0
DIRECT = 3
"""Every so many questions that stand alone, one is asked in a direct message."""


@dataclass(frozen=True)
class Posted:
    """A question as it stands in Slack: `root` is the ts of its thread."""

    text: str
    channel: str
    ts: str
    root: str
    user: str

    def id(self, slack: FakeSlack) -> str:
        """Return the id of the question that it is."""
        return f"slack-{slack.workspace.team}-{self.channel}-{self.ts}"


@dataclass
class Asker:
    """Posts questions; `lanes` is how they stand in their threads.

    Each message of a thread is posted after the one before was taken, as people do who read.
    """

    slack: FakeSlack
    pace_s: float = 0.05
    lanes: defaultdict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))

    @property
    def all(self) -> list[Posted]:
        """Every question that was posted."""
        return [posted for lane in list(self.lanes.values()) for posted in list(lane)]

    def ask(self, messages: Sequence[Asked]) -> None:
        """Post every message: those of a conversation one after the other, the rest at once."""
        together: defaultdict[str, list[tuple[int, Asked]]] = defaultdict(list)
        for number, message in enumerate(messages):
            together[message.conversation].append((number, message))
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(self._lane, lane) for lane in together.values()]:
                done.result()

    def _lane(self, lane: Sequence[tuple[int, Asked]]) -> None:
        for number, message in lane:
            before = self.lanes[message.conversation]
            posted = self._posted(number, message, before)
            before.append(posted)
            threading.Event().wait(self.pace_s)
            if len(lane) > 1:
                until(lambda posted=posted: self.taken(posted), f"{posted.ts} is taken", TAKEN_S)  # type: ignore[misc] # mypy cannot infer it

    def _posted(self, number: int, message: Asked, before: Sequence[Posted]) -> Posted:
        user, text = PEOPLE[number % len(PEOPLE)], message.text
        if before:
            channel, root = before[0].channel, before[0].root
            say = self.slack.mention if number % 2 else self.slack.message
            return Posted(text, channel, say(channel, user, text, root), root, user)
        if message.conversation.startswith("alone") and number % DIRECT == 0:
            ts = self.slack.direct(user, text)
            return Posted(text, self.slack.direct_channel(user), ts, ts, user)
        channel = ROOMS[number % len(ROOMS)]
        ts = self.slack.mention(channel, user, text)
        return Posted(text, channel, ts, ts, user)

    def taken(self, posted: Posted) -> bool:
        """Tell whether an event of the message was acknowledged."""
        return any(
            each.payload["event"].get("ts") == posted.ts and any(attempt.status == 200 for attempt in each.attempts)
            for each in list(self.slack.deliveries.log)
            if each.kind == "events_api" and each.payload["event"].get("channel") == posted.channel
        )


def furnish(slack: FakeSlack) -> None:
    """Add the people and the channels."""
    for number, user in enumerate(PEOPLE):
        slack.user(user, f"person-{number}", locale="zh-CN" if number % 2 else "en-US")
    for number, channel in enumerate(ROOMS):
        if channel not in slack.channels:
            slack.room(channel, f"room-{number}")
        slack.channels[channel].members.update(PEOPLE)


def asked(least: int = 15) -> list[Asked]:
    """Word the questions of one fault: 50 with QUORUM_FULL=1, else `least`."""
    return messages(max(50, least) if FULL else least)
