"""A whole Quorum before a fake Slack: `quorum serve slack` as a process, and on Celery `quorum work` beside it."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal

from tests.fakes.handbook import TEXTS
from tests.fakes.installing import ingest, loudly, write
from tests.fakes.polling import until
from tests.fakes.serving import Serving
from tests.fakes.slack import FakeSlack
from tests.fakes.working import Working

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.slack import Seen
    from tests.fakes.slack.records import Kind

Transport = Literal["http", "socket"]

ALL = ("http-embedded", "socket-celery", "socket-embedded", "http-celery")
"""The ways in which Slack reaches us and questions are worked on."""

TWO = ALL[:2]
"""Both ways of each, for what has nothing to do with how they go together; these write all that there is to log.

They are the first ones, so that tests of two and tests of all share what is set up.
"""

DESK, PAYROLL, CLERK = "C0DESK001", "C0PAYROLL", "U0CLERK01"
"""The helpdesk's channel, and the channel and the person that may see the collection `payroll`."""

RUNBOOK = (
    "# ORA-01653: unable to extend table\n\nThe segment cannot grow. Add a datafile to the tablespace, or switch on "
    "autoextend for an existing one.\n"
)
SECRET = "# Payroll\n\nThe November salaries are paid on the 27th of the month by the Northwind bank.\n"
PER_MINUTE = 8
ANSWER_S = 60.0
SETTINGS = {
    "QUORUM_HELPDESK__SLACK_CHANNEL": DESK,
    "QUORUM_LIMITS__QUESTIONS_PER_MINUTE": str(PER_MINUTE),
    "QUORUM_INGEST__URL_BASE": "https://wiki.example/",
    "QUORUM_ACCESS": json.dumps({"payroll": [f"slack:{PAYROLL}", f"slack:{CLERK}"]}),
    "QUORUM_WORK__CONCURRENCY": "2",
}


@dataclass
class Installation:
    """One Quorum and its Slack; tests that share it bring people and channels of their own."""

    slack: FakeSlack
    serving: Serving
    working: Working | None
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def logs(self) -> str:
        """Everything that its processes wrote to standard error until now."""
        return self.serving.said + (self.working.said if self.working else "")

    def person(self, locale: str = "en-US") -> str:
        """Return somebody new."""
        number = next(self._numbers)
        return self.slack.user(f"U1PERSON{number:03}", f"person{number}", locale=locale).id

    def channel(self, *members: str, kind: Kind = "channel") -> str:
        """Return a new conversation with the bot in it."""
        number = next(self._numbers)
        return self.slack.room(f"C1ROOM{number:05}", f"room{number}", kind, members).id

    def id(self, channel: str, ts: str) -> str:
        """Return the id of the question that a message is."""
        return f"slack-{self.slack.workspace.team}-{channel}-{ts}"

    def ask(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> Seen:
        """Mention the bot, and return its finished reply."""
        return self.reply(channel, self.slack.mention(channel, user, text, thread_ts))

    def direct(self, user: str, text: str) -> Seen:
        """Write to the bot directly, and return its finished reply."""
        ts = self.slack.direct(user, text)
        return self.reply(self.slack.direct_channel(user), ts)

    def reply(self, channel: str, ts: str, having: str = "") -> Seen:
        """Wait for the finished reply to a message, and return it: the only visible one, in the right thread, quiet.

        With `having` it is waited until those words stand in it.
        """
        question = self.id(channel, ts)

        def finished() -> Seen | None:
            found = self.slack.by_question().get(question, [])
            return next((each for each in found if each.final and having in each.shown), None)

        shown = until(finished, f"a reply to {question}", ANSWER_S)
        assert self.slack.by_question()[question] == [shown]
        assert (shown.channel, shown.thread_ts) == (channel, self.slack.one(channel, ts).thread_ts or ts)
        assert shown.pings == []
        return shown

    def said(self, channel: str, ts: str) -> Seen:
        """Wait for what is said in reply to a message that is no question, and return it."""
        question = self.id(channel, ts)
        (shown,) = until(lambda: self.slack.by_question().get(question), f"a word about {question}", ANSWER_S)
        return shown

    def whispered(self, user: str) -> Seen:
        """Wait for what one person alone sees, and return the last of it."""
        return until(lambda: self.slack.whispers(user), f"a word for {user}", ANSWER_S)[-1]

    def packets(self, words: str) -> list[Seen]:
        """Return what stands in the helpdesk's channel and holds these words."""
        return [each for each in self.slack.channel(DESK) if words in each.shown]

    def metric(self, name: str) -> float:
        """Return the value of a metric with its labels; 0 where it was never counted."""
        lines = self.serving.web.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def is_ready(self) -> bool:
        """Whether questions can reach it."""
        return bool(self.serving.web.get("/readyz").json()["ready"])


def knowledge(folder: Path) -> Path:
    """Bring the handbook and the payroll's page into a home of their own, and return it."""
    for name, text in TEXTS.items():
        write(folder / "handbook" / name, text)
    write(folder / "handbook" / "ORA-01653.md", RUNBOOK)
    write(folder / "payroll" / "payroll.md", SECRET)
    ingest(folder, folder / "home", SETTINGS, "handbook", "payroll")
    return folder / "home"


@contextmanager
def installed(
    home: Path, folder: Path, transport: Transport, redis_url: str = "", *, loud: bool = False, **settings: str
) -> Iterator[Installation]:
    """Run a Quorum with a copy of a home; with `redis_url` on Celery, with store and queue there.

    With `loud` all its processes log whatever they and their libraries have to say.
    """
    shutil.copytree(home, folder / "home")
    given = SETTINGS | settings
    if redis_url:
        given |= {"QUORUM_STORE": redis_url, "QUORUM_QUEUE": redis_url}
        ingest(home.parent, folder / "home", given, "handbook")
    if loud:
        given |= loudly(folder)
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack("" if transport == "http" else None, retries_s=(0.1, 0.5, 1.0)))
        slack.room(DESK, "helpdesk")
        slack.user(CLERK, "clerk")
        slack.room(PAYROLL, "payroll", "group", members=(CLERK,))
        given |= slack.settings
        working = Working(folder / "home", folder / "work.log", "--queue", "answer", **given) if redis_url else None
        if working:
            stack.enter_context(working)
        serving = stack.enter_context(Serving(folder / "home", folder / "serve.log", messenger="slack", **given))
        if transport == "http":
            slack.events_url = f"{str(serving.web.base_url).rstrip('/')}/slack/events"
        found = Installation(slack, serving, working)
        until(found.is_ready, "a Quorum that is ready", ANSWER_S)
        if working:
            working.says("ready for the queue answer")
        yield found
