"""A Slack messenger with a real store before the fake Slack, and the questions, errands and answers to try it with."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.layout import blocks
from adapters.slack.replying.messenger import Hooks, SlackMessenger
from bot.backends.sqlite import SqliteStore
from bot.settings import Slack
from bot.types import Address, Question
from tests.fakes import slack_answers
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Answer, Language, Outcome, Receipt, Task
    from tests.fakes.slack import Seen


@dataclass
class SlackRoom:
    """A messenger, its store, and the Slack before it."""

    slack: FakeSlack
    store: SqliteStore
    before: int
    escalated: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        token = self.slack.workspace.bot_token
        self.api = SlackApi(Slack(bot_token=token, api_url=self.slack.api_url), self.store)
        self.messenger = SlackMessenger(
            self.api,
            Identifying(self.api, self.store, token),
            self.store,
            Hooks(
                gather=lambda question: replace(question, notices=("gathered",)),
                escalate=self.escalated.append,
                sources=lambda question: blocks.notice(f"documents for {question.address.user}"),
            ),
        )

    def ask(self, text: str, *, channel: str = HELP, user: str = ALICE, thread: str = "") -> Question:
        """Mention the bot, and return the question; archived channels are asked in before they are archived."""
        ts = self.slack.mention(channel, user, text, thread or None)
        address = Address("slack", channel, user, thread or ts, ts)
        identity = f"slack-{self.slack.workspace.team}-{channel}-{ts}"
        return Question(identity, text, address, "en", float(ts), details={"via": "mention", "room": "channel"})

    def command(self, text: str) -> Question:
        """Return the question of `/ask`."""
        url = self.slack.responses.make(HELP, ALICE)
        identity = f"slack-{self.slack.workspace.team}-{url[-12:]}"
        details = {"via": "command", "room": "channel", "response_url": url}
        return Question(
            identity, text, Address("slack", HELP, ALICE, identity), "en", self.slack.workspace.now(), details=details
        )

    def errand(self, task: Task, text: str, channel: str = HELP) -> Question:
        """Return an errand in reply to a message."""
        return replace(self.ask("do something", channel=channel), task=task, text=text)

    def edited(self, question: Question) -> Question:
        """Return the question as it is after an edit."""
        return replace(question, id=f"{question.id}-e1", replaces=question.id)

    def withdrawal(self, question: Question) -> Question:
        """Return the errand that follows the deletion of a question."""
        return replace(question, id=f"{question.id}-withdraw", replaces=question.id, task="withdraw", text="")

    def answer(
        self, question: Question, text: str, *, language: Language = "en", outcome: Outcome = "answered"
    ) -> Answer:
        """Return an answer to a question, with one source."""
        made = slack_answers.answer(text, language=language, outcome=outcome)
        return replace(made, id=f"{question.id}-a", question_id=question.id)

    def deliver(self, question: Question, answer: Answer) -> Receipt:
        """Acknowledge and answer."""
        return self.messenger.deliver(self.messenger.acknowledge(question), answer)

    def archived(self, channel: str = "C0OLD0001") -> str:
        """Return a channel that is archived; people may still be made to write in it."""
        self.slack.room(channel, "old", members=(ALICE,)).archived = True
        return channel

    def replies(self, question: Question) -> list[Seen]:
        """Return what the bot shows in the question's thread."""
        return self.slack.replies(question.address.conversation, question.address.thread)

    def directly(self, user: str = ALICE) -> list[Seen]:
        """Return what the bot wrote to somebody directly."""
        return [each for each in self.slack.channel(self.slack.direct_channel(user)) if each.ours]

    def calls(self, method: str) -> int:
        """Count the calls of a method in this test."""
        return len([each for each in self.slack.requests[self.before :] if each.path == method])


@contextmanager
def opened() -> Iterator[FakeSlack]:
    """Yield a Slack whose events nobody hears."""
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@contextmanager
def calmed(slack: FakeSlack, folder: Path) -> Iterator[SlackRoom]:
    """Yield a room on a Slack without troubles and old messages, and put back what a test changed."""
    workspace = slack.workspace
    scopes, limit = set(workspace.scopes), workspace.blocks_limit
    slack.troubles.calm()
    with workspace.lock:
        workspace.messages.clear()
        workspace.remarks.clear()
    with closing(SqliteStore(folder / "state.db")) as store:
        yield SlackRoom(slack, store, len(slack.requests))
    slack.troubles.calm()
    workspace.scopes, workspace.blocks_limit = scopes, limit
    workspace.skew_s, workspace.edit_window_s, workspace.orphans_surface = 0.0, None, False
    for user in workspace.users.values():
        user.deleted = False
