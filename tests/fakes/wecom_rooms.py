"""The app's replying side with a real store before the fake WeCom, and the questions and answers to try it with."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from adapters.wecom.calling.client import WecomApi
from adapters.wecom.calling.quota import Quota
from adapters.wecom.replying.app import AppReplies
from adapters.wecom.replying.outbox import Outbox
from bot.backends.sqlite import SqliteLeases, SqliteStore
from bot.settings import Wecom
from bot.types import Address, Question
from tests.fakes import slack_answers
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Answer, Language, Outcome
    from tests.fakes.wecom.recording import Request
    from tests.fakes.wecom.seen import Seen


def wecom_settings(wecom: FakeWeCom, **others: str) -> Wecom:
    """Return the settings of a Quorum that is the app."""
    prefix = "QUORUM_WECOM__"
    known = {name.removeprefix(prefix).lower(): value for name, value in wecom.app_settings.items()}
    return Wecom(**(known | others))


@dataclass
class AppRoom:
    """The app's replies, their store, and the WeCom before them; `restarted` is the same as another process has it."""

    wecom: FakeWeCom
    store: SqliteStore
    leases: SqliteLeases
    before: int = 0
    apis: list[WecomApi] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = self.before or len(self.wecom.requests)
        self.api = self.opened()
        self.replies = self.replying()

    def opened(self) -> WecomApi:
        """Return one more client."""
        self.apis.append(WecomApi(wecom_settings(self.wecom), self.store, self.leases))
        return self.apis[-1]

    def replying(self) -> AppReplies:
        """Return replies that know nothing but what the store does."""
        api = self.opened()
        return AppReplies(Outbox(api, self.store, Quota(self.store, self.leases, api.owner)))

    def close(self) -> None:
        """Close its clients."""
        for each in self.apis:
            each.close()

    def question(self, text: str = "磁盘满了怎么办", user: str = ZHANG, language: Language = "zh") -> Question:
        """Return a question to the app."""
        name = uuid4().hex
        address = Address("wecom", f"app:{user}", user, message=name)
        return Question(f"wecom-app-{name}", text, address, language, 1_700_000_000.0, details={"mode": "app"})

    def answer(self, question: Question, text: str, outcome: Outcome = "answered") -> Answer:
        """Return an answer to a question, with one source."""
        made = slack_answers.answer(text, language=question.language, outcome=outcome)
        return replace(made, id=question.id, question_id=question.id)

    def deliver(self, question: Question, answer: Answer, replies: AppReplies | None = None) -> None:
        """Acknowledge and answer."""
        ours = replies or self.replies
        ours.deliver(ours.acknowledge(question), answer)

    def shown(self, user: str = ZHANG, kind: str = "") -> list[Seen]:
        """Return what the app wrote to a member."""
        return [each for each in self.wecom.chat(f"app/{user}") if each.ours and kind in {"", each.kind}]

    def calls(self, method: str) -> list[Request]:
        """Return the calls of a method in this test."""
        return [each for each in self.wecom.requests[self.before :] if each.path == method]


@contextmanager
def app_room(folder: Path, wecom: FakeWeCom) -> Iterator[AppRoom]:
    """Yield a room on a WeCom that is up."""
    file = folder / "state.db"
    with ExitStack() as stack:
        store = stack.enter_context(closing(SqliteStore(file)))
        leases = stack.enter_context(closing(SqliteLeases(file)))
        room = AppRoom(wecom, store, leases)
        stack.callback(room.close)
        yield room
