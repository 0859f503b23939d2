"""A whole Quorum before a fake WeCom: `quorum serve wecom` as a process, and on Celery `quorum work` beside it."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal

from tests.fakes.installing import ingest, loudly, write
from tests.fakes.polling import until
from tests.fakes.serving import Serving
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI
from tests.fakes.wecom_model import MANUAL, SENTENCES, Scholar
from tests.fakes.wecom_seats import ANSWER_S, Seat
from tests.fakes.working import Working

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.wecom import Seen
    from tests.fakes.wecom_seats import Place

Way = Literal["callback", "socket"]
"""How the AI bot is reached; the self-built app is there besides, by its own callback."""

ALL = ("callback-embedded", "socket-celery", "socket-embedded", "callback-celery")
TWO = ALL[:2]
"""Both ways of each, which write all that there is to log; the first ones, so that what is set up is shared."""

CLERK, PAYROLL, OFFICE = "Clerk", "wrPAYROLL1", 7
"""The person, the group and the department that may see the collection `payroll`."""

FIRST = 500
"""The number of the first person; the manual holds none of these, so that a name in a question finds nothing."""

UNSET = "http://127.0.0.1:9"
PER_MINUTE = 8
POLL_S = 0.2
SETTINGS = {
    "QUORUM_HELPDESK__WECOM_USER": LI,
    "QUORUM_LIMITS__QUESTIONS_PER_MINUTE": str(PER_MINUTE),
    "QUORUM_INGEST__URL_BASE": "https://wiki.example/",
    "QUORUM_ACCESS": json.dumps(
        {"payroll": [f"wecom:user:{CLERK}", f"wecom:chat:{PAYROLL}", f"wecom:department:{OFFICE}"]}
    ),
    "QUORUM_WORK__CONCURRENCY": "2",
}
SECRETS = ("access_token=", "response_code=", "?sign=", "aeskey", "msg_signature=")
SHORT = 12
"""A line of so few characters may stand in a log by chance."""

_EDGES = re.compile(r"^[>\-*#\s]+|[\s*]+$")


@dataclass
class Installation:
    """One Quorum, its WeCom and its model; tests that share it bring people and groups of their own."""

    wecom: FakeWeCom
    model: Scholar
    serving: Serving
    working: Working | None
    _numbers: count[int] = field(default_factory=lambda: count(FIRST))

    @property
    def way(self) -> Way:
        """How the AI bot is reached."""
        return "socket" if self.wecom.deliveries.bot_url is None else "callback"

    @property
    def logs(self) -> str:
        """Everything that its processes wrote to standard error until now."""
        return self.serving.said + (self.working.said if self.working else "")

    def person(self, *departments: int, visible: bool = True) -> str:
        """Return somebody new."""
        number = next(self._numbers)
        return self.wecom.person(f"Person{number:03}", f"同事{number}", *departments, visible=visible).id

    def group(self, *members: str) -> str:
        """Return a new group."""
        number = next(self._numbers)
        return self.wecom.group(f"wrROOM{number:05}", f"群{number}", *members).id

    def seat(self, place: Place, user: str = "") -> Seat:
        """Return where somebody, new unless named, writes: to the app, to the AI bot, or in a new group."""
        user = user or self.person()
        return Seat(self.wecom, user, self.group(user) if place == "group" else place)

    def beside(self, seat: Seat, user: str = "") -> Seat:
        """Return where somebody else, new unless named, writes in the same group."""
        user = user or self.person()
        self.wecom.corp.groups[seat.to].members.add(user)
        return Seat(self.wecom, user, seat.to)

    def packets(self, words: str) -> list[Seen]:
        """Return what the helpdesk was written that holds these words."""
        return [each for each in self.wecom.chat(f"app/{LI}") if each.ours and words in each.shown]

    def metric(self, name: str) -> float:
        """Return the value of a metric with its labels; 0 where it was never counted."""
        lines = self.serving.web.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def is_ready(self) -> bool:
        """Whether questions can reach it."""
        return bool(self.serving.web.get("/readyz").json()["ready"])

    def leaks(self, *marks: str) -> dict[str, str]:
        """Return what must not stand in a log and does, with the line: secrets, what was said, and `marks`."""
        corp = self.wecom.corp
        keys = (corp.secret, corp.token, corp.aes_key, corp.bot_token, corp.bot_aes_key, corp.bot_secret)
        words = {_EDGES.sub("", line) for each in self.wecom.ever() for line in each.shown.splitlines()}
        said = {each for each in words if len(each) > SHORT and not each.isascii()} | {
            each for each in words if len(each) > 2 * SHORT
        }
        hidden = {*keys, *self.wecom.tokens.issued, *corp.codes, *SECRETS, *marks, *said}
        return {mark: line for line in self.logs.splitlines() for mark in hidden if mark in line}


def knowledge(home: Path, folder: Path) -> Path:
    """Add the manual to a copy of a home, and return the new home."""
    shutil.copytree(home, folder / "home")
    write(folder / "manual" / "manual.md", f"# {MANUAL}\n\n" + "\n\n".join(SENTENCES) + "\n")
    ingest(folder, folder / "home", SETTINGS, "manual")
    return folder / "home"


@contextmanager
def installed(
    home: Path, folder: Path, way: Way, redis_url: str = "", *, loud: bool = False, **settings: str
) -> Iterator[Installation]:
    """Run a Quorum with a copy of a home; with `redis_url` on Celery, with store and queue there.

    With `loud` all its processes log whatever they and their libraries have to say.
    """
    shutil.copytree(home, folder / "home")
    given = SETTINGS | settings
    if redis_url:
        given |= {"QUORUM_STORE": redis_url, "QUORUM_QUEUE": redis_url}
        ingest(home.parent, folder / "home", given, "manual")
    given |= loudly(folder) if loud else {}
    with ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom(UNSET, UNSET if way == "callback" else None))
        model = stack.enter_context(Scholar())
        _furnish(wecom)
        given |= wecom.settings | model.settings
        working = Working(folder / "home", folder / "work.log", "--queue", "answer", **given) if redis_url else None
        if working:
            stack.enter_context(working)
        serving = stack.enter_context(Serving(folder / "home", folder / "serve.log", messenger="wecom", **given))
        aim(wecom, serving)
        found = Installation(wecom, model, serving, working)
        until(found.is_ready, "a Quorum that is ready", ANSWER_S)
        if working:
            working.says("ready for the queue answer")
        yield found


def aim(wecom: FakeWeCom, serving: Serving) -> None:
    """Let a WeCom call a Quorum."""
    base = str(serving.web.base_url).rstrip("/")
    wecom.deliveries.app_url = f"{base}/wecom/app"
    if wecom.deliveries.bot_url is not None:
        wecom.deliveries.bot_url = f"{base}/wecom/aibot"


def _furnish(wecom: FakeWeCom) -> None:
    wecom.turns.poll_s = POLL_S
    wecom.person(CLERK, "出纳", 1)
    wecom.group(PAYROLL, "工资", CLERK)
