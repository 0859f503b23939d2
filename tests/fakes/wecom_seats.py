"""Somebody who writes in one of WeCom's chats and reads what comes of it, whichever way it goes there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.fakes.polling import until
from tests.fakes.wecom import FakeWeCom, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

Place = Literal["app", "bot", "group"]
PLACES: tuple[Place, ...] = ("app", "bot", "group")
"""The self-built app, and the AI bot in private and in a group."""

BOT: tuple[Place, ...] = PLACES[1:]
ANSWER_S = 90.0

_NUMBERED = re.compile(r"\((\d+)/(\d+)\)")
_SOURCE = re.compile(r"\[\d+\] ")


@dataclass(frozen=True)
class Reply:
    """What answers one message: the messages, in the order in which they came."""

    parts: tuple[Seen, ...]

    @property
    def shown(self) -> str:
        """All that a person reads."""
        return "\n".join(each.shown for each in self.parts)

    @property
    def sources(self) -> list[str]:
        """The lines of the numbered sources."""
        return [line for line in self.shown.splitlines() if _SOURCE.match(line)]

    @property
    def card(self) -> Seen:
        """The message that has the card."""
        return next(each for each in self.parts if each.card)

    @property
    def buttons(self) -> list[str]:
        """What can be pressed."""
        return [text for each in self.parts for text in each.buttons]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing of what is counted as so many parts."""
        marks = [match for each in self.parts if (match := _NUMBERED.search(each.text[-40:]))]
        return not marks or [int(each[1]) for each in marks] == list(range(1, int(marks[0][2]) + 1))


@dataclass(frozen=True)
class Seat:
    """One person in one chat; `to` is `app`, `bot` or the id of a group."""

    wecom: FakeWeCom
    user: str
    to: str

    @property
    def chat(self) -> str:
        """The chat as the fake has it."""
        return f"{self.to}/{self.user}" if self.to in {"app", "bot"} else self.to

    def write(self, text: str, quotes: str = "") -> str:
        """Write to us, in a group with a mention, and return the id of the message."""
        mention = "" if self.to in {"app", "bot"} else f"@{self.wecom.corp.bot_name} "
        return self.wecom.write(self.user, f"{mention}{text}", self.to, quotes=quotes)

    def ask(self, text: str, quotes: str = "") -> Reply:
        """Ask, and return the answer."""
        return self.reply(self.write(text, quotes))

    def say(self, text: str) -> Reply:
        """Write what is no question, such as a command, and return what is said to it."""
        return self.said(self.write(text))

    def reply(self, name: str) -> Reply:
        """Wait for the whole answer to a message: the only one."""

        def is_there(found: Reply) -> bool:
            return found.is_whole and (self.to != "app" or bool(found.parts[-1].card))

        return self._found(name, is_there, "an answer")

    def said(self, name: str) -> Reply:
        """Wait for what is said to a message that is no question: one message."""
        found = self._found(name, lambda found: found.is_whole, "a word")
        assert len(found.parts) == 1
        return found

    def ours(self, name: str) -> list[Seen]:
        """Return what of ours stands in the chat in reply to a message until now; some of it names no message."""
        later = [each for each in self.wecom.after(name) if self.to == "app" or each.via == "aibot_send_msg"]
        return [*self.wecom.replies(name), *later]

    def press(self, reply: Reply, text: str) -> None:
        """Press a button of an answer."""
        self.wecom.press(reply.card.id, reply.card.buttons[text], self.user)

    def _found(self, name: str, is_there: Callable[[Reply], bool], what: str) -> Reply:
        def look() -> Reply | None:
            parts = tuple(self.ours(name))
            found = Reply(parts)
            is_over = bool(parts) and all(each.finished and each.shown.strip() for each in parts)
            return found if is_over and is_there(found) else None

        found = until(look, f"{what} to {name} in {self.chat}", ANSWER_S)
        assert {each.chat for each in found.parts} == {self.chat}
        assert len([each for each in found.parts if each.stream]) <= 1
        return found
