"""What is on the screen: the chats of one person, one of them open."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from tests.fakes.wecom.page import words
from tests.fakes.wecom.records import JSON, Bubble

if TYPE_CHECKING:
    from tests.fakes.wecom.corp import Corp

QUOTED = 60


@dataclass(frozen=True)
class Line:
    """One message as the page shows it."""

    bubble: Bubble
    who: str
    initial: str
    clock: str
    body: Markup
    quoted: str
    card: JSON | None
    greyed: str
    mine: bool
    ours: bool
    rated: bool
    going: bool


class Screen:
    """One person's view of a corp."""

    def __init__(self, corp: Corp, user: str, chat: str) -> None:
        self.corp, self.user, self.chat = corp, user, chat

    @property
    def people(self) -> list[tuple[str, str]]:
        """Everyone as whom the page can be used, as (id, name)."""
        return [(each.id, each.name) for each in self.corp.people.values()]

    @property
    def chats(self) -> list[tuple[str, str]]:
        """The chats of this person, as (chat, title)."""
        groups = [(each.id, each.name) for each in self.corp.groups.values() if self.user in each.members]
        name = self.corp.bot_name
        return [(f"bot/{self.user}", f"{name} 机器人"), (f"app/{self.user}", f"{name} 应用"), *groups]

    @property
    def heading(self) -> str:
        """The title of the open chat."""
        return dict(self.chats).get(self.chat, self.chat)

    @property
    def place(self) -> str:
        """Where something written goes: `app`, `bot` or a group."""
        return self.chat.split("/")[0]

    @property
    def lines(self) -> list[Line]:
        """The messages of the open chat."""
        return [self._line(each) for each in self.corp.bubbles if each.chat == self.chat and not each.recalled]

    def _line(self, bubble: Bubble) -> Line:
        person = self.corp.people.get(bubble.author)
        who = person.name if person else self.corp.bot_name
        card = bubble.card or {}
        ours = not bubble.author
        return Line(
            bubble,
            who,
            who[:1],
            time.strftime("%H:%M", time.localtime(bubble.at)),
            self._body(bubble),
            self._quoted(bubble),
            bubble.card,
            str(card.get("replaced") or card.get("replace_text") or ""),
            bubble.author == self.user,
            ours,
            rated=bool(bubble.feedback) and bubble.finished,
            going=ours and not bubble.finished,
        )

    def _body(self, bubble: Bubble) -> Markup:
        match bubble.kind:
            case "template_card":
                return Markup()
            case "markdown" if bubble.via == "message/send":
                return words.app_markdown(bubble.text)
            case "markdown" | "stream":
                return words.bot_markdown(bubble.text)
        shown = Markup() if bubble.kind in {"image", "file", "video"} else words.text(bubble.text)
        for media in bubble.media:
            shown += Markup('<p class="attached">📄 {} · {:,} bytes</p>').format(media.name, len(media.content))
        return shown

    def _quoted(self, bubble: Bubble) -> str:
        if not bubble.quotes:
            return ""
        return self.corp.bubble(bubble.quotes).text[:QUOTED]
