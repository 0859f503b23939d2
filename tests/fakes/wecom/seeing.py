"""What a person sees in the chats, and what the tests count there."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.fakes.polling import T, until
from tests.fakes.wecom.seen import Seen, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import Asked


class Seeing:
    """Looks at the chats: `app/USER`, `bot/USER` or the id of a group."""

    corp: Corp

    def chat(self, chat: str) -> list[Seen]:
        """Return everything in a chat, in order, without what was recalled."""
        with self.corp.lock:
            return [seen(each) for each in self.corp.bubbles if each.chat == chat and not each.recalled]

    def one(self, name: str, chat: str = "") -> Seen:
        """Return a message by its id."""
        with self.corp.lock:
            return seen(self.corp.bubble(name, chat))

    def ever(self) -> list[Seen]:
        """Return every message that there ever was."""
        with self.corp.lock:
            return [seen(each) for each in self.corp.bubbles]

    def replies(self, name: str) -> list[Seen]:
        """Return what answers a message or an event as the protocol has it: streams, cards, response URLs."""
        return [each for each in self.ever() if each.answers == name and each.ours]

    def after(self, name: str) -> list[Seen]:
        """Return everything of ours in the same chat after a message: for an app, whose messages name no question."""
        said = self.chat(self.one(name).chat)
        at = next(number for number, each in enumerate(said) if each.id == name)
        return [each for each in said[at + 1 :] if each.ours]

    def asked(self, name: str) -> Asked:
        """Return what the AI bot was told under a msgid."""
        return self.corp.asked[name]

    def by_question(self) -> dict[str, list[Seen]]:
        """Return the replies of ours by the message that they answer."""
        found: dict[str, list[Seen]] = defaultdict(list)
        for each in self.ever():
            if each.answers and each.ours:
                found[each.answers].append(each)
        return dict(found)

    def lost(self, names: Iterable[str]) -> list[str]:
        """Return the messages after which no finished words of ours stand in their chat."""
        return [name for name in names if not any(each.finished and each.shown.strip() for each in self.after(name))]

    def repeated(self, chat: str) -> list[str]:
        """Return what stands in a chat more than once in our words."""
        counts = Counter(each.shown for each in self.chat(chat) if each.ours)
        return [words for words, count in counts.items() if count > 1]

    def first_s(self, name: str) -> float:
        """Return after how many seconds the first reply to a message appeared."""
        return self.replies(name)[0].at - self.one(name).at

    def unfinished(self) -> list[Seen]:
        """Return the streams that go on, or were left hanging."""
        return [each for each in self.ever() if not each.finished]

    def wait(self, look: Callable[[], T | None], what: str = "what was looked for", within_s: float = 30.0) -> T:
        """Return the first true thing that `look` returns; AssertionError when time is over."""
        return until(look, what, within_s)

    def answer(self, name: str, within_s: float = 30.0) -> Seen:
        """Wait for the finished reply to a message, and return it; for an app the first message of ours after it."""

        def look() -> Seen | None:
            found = self.replies(name) if name in self.corp.asked else self.after(name)
            return next((each for each in found if each.finished and each.shown.strip()), None)

        return until(look, f"an answer to {name}", within_s)
