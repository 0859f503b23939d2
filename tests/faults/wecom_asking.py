"""People who ask in a fake WeCom: the app, the AI bot directly, and the AI bot in groups; each chat has its own."""

from __future__ import annotations

import itertools
import os
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from tests.fakes import rooms
from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom
from tests.faults import wecom_tally
from tests.faults.asking import Asked

FULL = os.environ.get("QUORUM_FULL") == "1"
ALL = ("app", "bot", "group")
AI_BOT = ("bot", "group")
LANE = 3
"""Questions of one lane; a person may have as many in progress with one AI bot."""

LEAST = 12
THREADS = 8
TAKEN_S = 60.0
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Posted:
    """A question as it stands in WeCom; `to` is `app`, `bot` or a group."""

    text: str
    user: str
    to: str
    id: str

    @property
    def chat(self) -> str:
        """The chat in which it stands."""
        return f"{self.to}/{self.user}" if self.to in {"app", "bot"} else self.to


@dataclass
class Asker:
    """Writes questions; `lanes` is how they stand in their chats. Nobody who writes has written before.

    Each message of a lane is written after there was a sign that the one before was taken.
    """

    wecom: FakeWeCom
    places: Sequence[str] = ALL
    pace_s: float = 0.05
    lanes: defaultdict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))
    before: int = 0
    """How much stood in all chats when this began."""

    again: Counter[str] = field(default_factory=Counter)
    """How many questions were written again in each chat, since their askers were told that the reply may be lost."""

    def __post_init__(self) -> None:
        self.before = len(self.wecom.ever())

    @property
    def all(self) -> list[Posted]:
        """Every question that was written."""
        return [posted for lane in list(self.lanes.values()) for posted in list(lane)]

    def ask(self, messages: Sequence[Asked]) -> None:
        """Write every message: those of a conversation one after the other, the rest at once."""
        together: defaultdict[str, list[Asked]] = defaultdict(list)
        for message in messages:
            together[message.conversation].append(message)
        with ThreadPoolExecutor(THREADS) as pool:
            lanes = enumerate(together.items())
            for done in [pool.submit(self._lane, name, lane, number) for number, (name, lane) in lanes]:
                done.result()

    def ask_again(self, posted: Posted) -> None:
        """Write a question once more, as who is told to does."""
        self.again[posted.chat] += 1
        self.write(posted)

    def write(self, posted: Posted) -> Posted:
        """Write a question, and return it with the id of the message."""
        if posted.to in {"app", "bot"}:
            return replace(posted, id=self.wecom.write(posted.user, posted.text, posted.to))
        return replace(posted, id=self.wecom.mention(posted.user, posted.to, posted.text))

    def _lane(self, name: str, lane: Sequence[Asked], number: int) -> None:
        place = self.places[number % len(self.places)]
        user, group = self._person(), self._group() if place == "group" else ""
        for message in lane:
            posted = self.write(Posted(message.text, user, group or place, ""))
            self.lanes[name].append(posted)
            threading.Event().wait(self.pace_s)
            if len(lane) > 1:
                until(partial(self.taken, posted), f"a sign that {posted.id} in {posted.chat} was taken", TAKEN_S)
            user = self._person() if group else user

    def taken(self, posted: Posted) -> bool:
        """Tell whether there is a sign of the message: its callback was answered, or the AI bot has said something."""
        if posted.to != "app":
            said = wecom_tally.Read.of(self.wecom, self).replies
            return bool(self.wecom.replies(posted.id) or said[posted.chat, wecom_tally.wanted(posted.text)])
        mine = (each for each in list(self.wecom.deliveries.log) if f"<MsgId>{posted.id}</MsgId>" in each.plain)
        return any(attempt.status == 200 for each in mine for attempt in list(each.attempts))

    def _person(self) -> str:
        number = next(_NUMBERS)
        return self.wecom.person(f"person{number}", f"同事{number}").id

    def _group(self) -> str:
        number = next(_NUMBERS)
        return self.wecom.group(f"wrFAULT{number}", f"群{number}").id


def asked(least: int = LEAST) -> list[Asked]:
    """Word the questions of one fault: 50 with QUORUM_FULL=1, else `least`; the first ones stand in lanes."""
    count = max(50, least) if FULL else least
    lanes = 9 if FULL else 3
    return [
        Asked(f"q{n}", text, f"lane-{n % lanes}" if n < lanes * LANE else f"alone-{n}")
        for n, text in enumerate(rooms.asked(count))
    ]
