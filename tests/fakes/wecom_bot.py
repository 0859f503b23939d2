"""The AI bot's receiving side over real backends and sockets, and a worker that answers what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from adapters.background import Background
from adapters.limits import Backlog, Limits
from adapters.wecom.calling.client import WecomApi
from adapters.wecom.layout.answers import notice
from adapters.wecom.receiving.bot_assembly import BotCallback, BotOutside, BotSocket, open_callback, open_socket
from adapters.wecom.receiving.gateway import Pace
from adapters.wecom.receiving.handing import Ways
from adapters.wecom.replying.bot import BotReplies
from adapters.wecom.replying.messenger import Hooks, Replies, WecomMessenger
from adapters.wecom.streams.places import stream_of
from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.settings import Wecom
from bot.types import Answer, Question
from tests.fakes.polling import until
from tests.fakes.web_server import served
from tests.fakes.wecom import FakeWeCom
from workers.accept import Acceptance
from workers.handler import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.wecom.layout.pages import Style
    from bot.types import Outcome
    from tests.fakes.wecom.seen import Seen

HURRIED = Pace(lease_s=3.0, parted_s=60.0, pauses_s=(0.1, 0.2, 0.5))
PREFIX = "QUORUM_WECOM__"


@dataclass
class Queue:
    """A `Dispatcher` that keeps what it is given; `before` happens first, and may fail or take its time."""

    taken: list[Question] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    work: Callable[[Question], object] = lambda _: None
    app: Callable[[str, str, str], None] | None = None
    """What sends by the self-built app: to a user, under an id, a content."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, payload: bytes) -> None:
        self.before()
        question = decode(payload)
        with self._lock:
            self.taken.append(question)
        self.work(question)

    def join(self, timeout_s: float) -> None:
        """Nothing is handled elsewhere."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class BotDesk:
    """What a test looks at, and a worker's hands: `answer` does what the handler would, from any process."""

    wecom: FakeWeCom
    queue: Queue
    ledger: SqliteLedger
    store: SqliteStore
    leases: SqliteLeases
    receiver: BotCallback | BotSocket
    messenger: WecomMessenger
    escalated: list[Question]

    @property
    def questions(self) -> list[Question]:
        """What was accepted, each once, in the order in which it was queued first."""
        return list({each.id: each for each in reversed(list(self.queue.taken))}.values())[::-1]

    def question(self, name: str) -> Question:
        """Wait for the question or errand that a message is."""
        found = f"wecom-bot-{name}"
        return until(lambda: next((each for each in self.questions if each.id == found), None), f"question {name}")

    def progress(self, question: Question, text: str) -> None:
        """Show how far an answer is."""
        self.messenger.progress(self.messenger.acknowledge(question), text)

    def answer(self, question: Question, text: str = "清理归档日志。[1]", outcome: Outcome = "answered") -> None:
        """Deliver an answer."""
        answer = Answer(question.id, question.id, outcome, text, question.language)
        self.messenger.deliver(self.messenger.acknowledge(question), answer)
        self.ledger.advance(question.id, "delivered")

    def work(self, question: Question) -> None:
        """Answer at once what was asked, with its own words, and run what is no question."""
        if question.task == "answer":
            self.answer(question, f"答：{question.text}")
        else:
            self.messenger.run(question)
            self.ledger.advance(question.id, "delivered")

    def first(self, name: str) -> Seen:
        """Wait for the first reply to a message."""
        return until(lambda: next(iter(self.wecom.replies(name)), None), f"a reply to {name}")

    def stream(self, name: str) -> str:
        """Return the id of the stream of a message."""
        return stream_of(self.question(name))


@contextmanager
def bot_desk(
    home: Path,
    wecom: FakeWeCom,
    *,
    pace: Pace = HURRIED,
    stream_seconds: float = 330.0,
    per_minute: int = 1000,
    queue: Queue | None = None,
) -> Iterator[BotDesk]:
    """Run a process that serves the AI bot, by callback where the fake has one, else by long connection."""
    values = {name.removeprefix(PREFIX).lower(): value for name, value in wecom.bot_settings.items()}
    settings = Wecom(**values, stream_seconds=stream_seconds)
    queue, escalated, file = queue or Queue(), list[Question](), home / "q.db"
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(SqliteLedger(file)))
        store = stack.enter_context(closing(SqliteStore(file)))
        leases = stack.enter_context(closing(SqliteLeases(file)))
        api = stack.enter_context(closing(WecomApi(settings, store, leases)))
        quick = stack.enter_context(closing(Background("test", 1)))
        limits = Limits(store, Backlog(lambda: 0, 10_000, quick), per_minute)
        outside = BotOutside(Acceptance(ledger, queue), ledger, store, leases, limits)
        hooks = Hooks(lambda question: question, _worded, lambda question, _: escalated.append(question))
        replies: Replies = BotReplies(store)
        messenger = WecomMessenger({"callback": replies, "socket": replies}, hooks, settings.bot_name)
        receiver: BotCallback | BotSocket
        if wecom.deliveries.bot_url is None:
            receiver = open_socket(settings, outside, pace)
        else:
            receiver = open_callback(settings, outside, Ways(api.respond, queue.app))
            url = stack.enter_context(served(Starlette(routes=receiver.routes())))
            wecom.deliveries.bot_url = f"{url}/wecom/aibot"
        receiver.start()
        stack.callback(receiver.close)
        yield BotDesk(wecom, queue, ledger, store, leases, receiver, messenger, escalated)


def _worded(errand: Question, style: Style) -> Sequence[str]:
    return notice(f"say {errand.text}", style, errand.id, errand.language)


__all__ = ["HURRIED", "BotDesk", "Queue", "bot_desk"]
