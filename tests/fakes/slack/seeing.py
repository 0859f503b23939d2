"""What a person sees in the conversations, and what the tests count there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.fakes.polling import T, until
from tests.fakes.slack.methods.assistant import status_of
from tests.fakes.slack.seen import Seen, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fakes.slack.workspace import Workspace


class Seeing:
    """Looks at the conversations; what one person alone sees is there when that person looks."""

    workspace: Workspace

    def one(self, channel: str, ts: str) -> Seen:
        """Return a message, a deleted one too."""
        with self.workspace.lock:
            return seen(self.workspace.messages[channel, ts])

    def thread(self, channel: str, ts: str, user: str = "") -> list[Seen]:
        """Return a thread as `user` sees it, the message that began it first."""
        with self.workspace.lock:
            found = list(self.workspace.thread(channel, ts))
            return [seen(each) for each in found if each.only_for in {"", user}]

    def replies(self, channel: str, ts: str) -> list[Seen]:
        """Return what the bot shows to everyone in a thread."""
        return [each for each in self.thread(channel, ts) if each.ours and each.ts != ts]

    def channel(self, channel: str, user: str = "") -> list[Seen]:
        """Return everything in a conversation as `user` sees it, threads too."""
        with self.workspace.lock:
            return [seen(each) for each in self.workspace.said(channel) if each.only_for in {"", user}]

    def whispers(self, user: str) -> list[Seen]:
        """Return what only this person sees, anywhere."""
        with self.workspace.lock:
            kept = list(self.workspace.messages.values())
            return [seen(each) for each in kept if each.only_for == user and not each.deleted]

    def ever(self) -> list[Seen]:
        """Return every message that there ever was, deleted ones too."""
        with self.workspace.lock:
            return [seen(each) for each in self.workspace.messages.values()]

    def status(self, channel: str, ts: str) -> str:
        """Return the assistant's status under a thread, empty where there is none."""
        return status_of(self.workspace, channel, ts)

    def by_question(self) -> dict[str, list[Seen]]:
        """Return the visible replies by the question that their metadata name."""
        found: dict[str, list[Seen]] = defaultdict(list)
        for message in self.ever():
            if message.question and not message.deleted:
                found[message.question].append(message)
        return dict(found)

    def lost(self, asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the (channel, ts) of those questions in whose thread no finished reply stands."""
        answered = {(each.channel, each.thread_ts) for each in self.ever() if each.final and not each.deleted}
        return [place for place in asked if place not in answered]

    def doubled(self) -> dict[str, list[Seen]]:
        """Return the questions with more than one visible finished reply, or with a placeholder beside it."""
        found = self.by_question()
        return {name: each for name, each in found.items() if sum(reply.final for reply in each) > 1}

    def wait(self, look: Callable[[], T | None], what: str = "what was looked for", within_s: float = 30.0) -> T:
        """Return the first true thing that `look` returns; AssertionError when time is over."""
        return until(look, what, within_s)

    def answer(self, channel: str, ts: str, within_s: float = 30.0) -> Seen:
        """Wait for the finished reply in a thread, and return it."""
        return until(
            lambda: next((each for each in self.replies(channel, ts) if each.final), None), "a reply", within_s
        )
