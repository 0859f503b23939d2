"""A corp: who is in it, what stands in its chats, which app and AI bot it has, and what time it is there."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.wecom.crypto import Seal
from tests.fakes.wecom.records import Asked, Bubble, Group, Media, Person
from tests.fakes.wecom.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.wecom.records import Kind

IN_PROGRESS_S = 360.0


def made_key(seed: str) -> str:
    """Return an EncodingAESKey that belongs to a name."""
    return base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode().rstrip("=")


@dataclass
class Corp:
    """Everything that the server keeps; callers hold `lock` while they change it."""

    address: str = ""
    """The server's own address, `http://host:port`."""
    id: str = "ww0fake0quorum001"
    agent: int = 1000002
    secret: str = "fake-secret-of-the-fake-app"
    token: str = "fakeAppToken"
    aes_key: str = field(default_factory=lambda: made_key("the fake app"))
    bot_name: str = "Quorum"
    bot_token: str = "fakeBotToken"
    bot_aes_key: str = field(default_factory=lambda: made_key("the fake bot"))
    bot_id: str = "aibFAKEQUORUM"
    """The AI bot's id; messages name it as `aibotid`."""
    bot_secret: str = "fake-secret-of-the-fake-bot"
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    robots: dict[str, str] = field(default_factory=dict)
    """Key of a group robot's webhook → the group in which it speaks."""
    bubbles: list[Bubble] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    """What the AI bot was told, by msgid."""
    codes: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    """Response code → (what it is for, bubble or message, when it was made); a used one is for nothing."""
    tasks: set[str] = field(default_factory=set)
    """Task ids of cards that there were."""
    sent: dict[str, tuple[float, str]] = field(default_factory=dict)
    """What the app sent last to whom, with when and its msgid: for the duplicate check."""
    dropped: list[str] = field(default_factory=list)
    """Texts that were accepted and shown to nobody, because a member's quota was used up."""
    remarks: list[str] = field(default_factory=list)
    """What WeCom would let pass and what is a mistake all the same."""
    at_once: int = 3
    """A member may have so many messages in progress with one AI bot (document 100719)."""
    skew_s: float = 0.0
    """How far the corp's clock is ahead of the machine's."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def app_seal(self) -> Seal:
        """The secrets of the app's callback."""
        return Seal(self.token, self.aes_key, self.id)

    @property
    def bot_seal(self) -> Seal:
        """The secrets of the AI bot's callback."""
        return Seal(self.bot_token, self.bot_aes_key)

    def now(self) -> float:
        """Return the corp's time, seconds since 1970."""
        return time.time() + self.skew_s

    def remark(self, what: str) -> None:
        """Note a mistake."""
        with self.lock:
            self.remarks.append(what)

    def person(self, user: str) -> Person | None:
        """Return a member; ids are the same in capitals."""
        return next((each for name, each in self.people.items() if name.lower() == user.lower()), None)

    def bubble(self, name: str, chat: str = "") -> Bubble:
        """Return a message by its id; one that an app sent to many stands in many chats. KeyError."""
        found = next((each for each in self.bubbles if each.id == name and chat in {"", each.chat}), None)
        if found is None:
            raise KeyError(name)
        return found

    def put(self, chat: str, kind: Kind, text: str, author: str = "", name: str = "", **more: object) -> Bubble:
        """Add a message to a chat under an id of its own or `name`, and return it; `more` are further fields of it."""
        with self.lock:
            found = Bubble(name or uuid4().hex, chat, author, kind, text, self.now(), **more)  # type: ignore[arg-type]
            found.versions.append(text)
            self.bubbles.append(found)
            return found

    def code(self, use: str, what: str) -> str:
        """Make a code that can be used once."""
        with self.lock:
            made = uuid4().hex
            self.codes[made] = (use, what, self.now())
            return made

    def spend(self, code: str, use: str, within_s: float) -> str:
        """Use a code up, and return what it stands for; RefusedError 40029 where it is unknown, used or too old."""
        with self.lock:
            meant, what, made = self.codes.get(code, ("", "", 0.0))
            if meant != use:
                refuse(40029, "invalid code")
            self.codes[code] = ("", "", made)
            if self.now() > made + within_s:
                refuse(42003, "code expired")
            return what

    def busy(self, user: str) -> bool:
        """Return whether a member has as many messages in progress as may be."""
        mine = [each for each in self.asked.values() if each.user == user and each.kind == "message"]
        young = [each for each in mine if self.now() < each.at + IN_PROGRESS_S]
        return sum(each.open or not each.reached.is_set() for each in young) >= self.at_once
