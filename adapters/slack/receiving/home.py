"""The home tab, and the suggestions in an empty conversation with us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.background import Background
from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.people import People
from adapters.slack.layout import views
from adapters.slack.layout.views import Recent, Shelf
from adapters.slack.receiving.recents import Recents
from adapters.slack.receiving.versions import Versions
from bot.conversation.answers import AnswerBook
from bot.errors import MessengerRefusedError, MessengerUnavailableError
from bot.phrases import say
from bot.ports import Ledger
from bot.types import FINISHED

if TYPE_CHECKING:
    from adapters.slack.hearing.events import HomeOpened, ThreadOpened
    from adapters.slack.receiving.recents import Asking
    from bot.types import Language

PROMPTS = ("help", "log")
UNKNOWN = (MessengerRefusedError, MessengerUnavailableError)


@dataclass(frozen=True, slots=True)
class Home:
    """Shows everything in the background; `shelves` lists the collections that a person may see, and may block."""

    api: SlackApi
    people: People
    ledger: Ledger
    book: AnswerBook
    recents: Recents
    versions: Versions
    shelves: Callable[[str], Sequence[Shelf]]
    background: Background

    def open(self, event: HomeOpened) -> None:
        """Show the home tab, or suggest what to ask where our messages were opened."""
        if event.tab == "home":
            self.background.do("home tab", lambda: self._publish(event))
        else:
            self.background.do("suggestions", lambda: self._suggest(event.user, event.channel, None))

    def begin(self, event: ThreadOpened) -> None:
        """Suggest what to ask in a new thread of the legacy assistant."""
        self.background.do("suggestions", lambda: self._suggest(event.user, event.channel, event.thread))

    def _publish(self, event: HomeOpened) -> None:
        asked = self.recents.of(event.team, event.user)
        shown = [recent for asking in asked if (recent := self._recent(asking)) is not None]
        view = views.home(self._language(event.user), self.shelves(event.user), shown)
        self.api.call("views.publish", user_id=event.user, view=view)

    def _recent(self, asking: Asking) -> Recent | None:
        """Return a question with how it stands; None for one that was taken back."""
        newest = self.versions.newest(asking.id)
        entry = self.ledger.find(newest)
        if entry is None or entry.state == "cancelled":
            return None
        if entry.state not in FINISHED:
            return Recent(asking.text, asking.at, "open", self._permalink(asking))
        answer = self.book.load(newest)
        state = "failed" if entry.state == "failed" else answer.outcome if answer else "answered"
        return Recent(asking.text, asking.at, state, self._permalink(asking))

    def _permalink(self, asking: Asking) -> str:
        if not asking.ts:
            return ""
        try:
            found = self.api.call("chat.getPermalink", channel=asking.channel, message_ts=asking.ts)
        except UNKNOWN:
            return ""
        return str(found.get("permalink") or "")

    def _suggest(self, user: str, channel: str, thread: str | None) -> None:
        language = self._language(user)
        prompts = [
            {key: say(f"slack_prompt_{name}_{key}", language) for key in ("title", "message")} for name in PROMPTS
        ]
        self.api.call("assistant.threads.setSuggestedPrompts", channel_id=channel, thread_ts=thread, prompts=prompts)

    def _language(self, user: str) -> Language:
        try:
            return self.people.person(user).language
        except UNKNOWN:
            return "en"
