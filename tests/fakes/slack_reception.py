"""The receiving side over real backends and sockets, with a queue that only notes what it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.calling.people import People
from adapters.slack.layout import blocks
from adapters.slack.layout.views import Shelf
from adapters.slack.receiving.assembly import Outside, Receiving, open_receiving
from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.conversation.answers import AnswerBook
from bot.settings import Limits, Settings
from bot.settings import Slack as SlackSettings
from bot.types import Answer, Citation, Question
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import HELP
from tests.fakes.web_server import served
from workers.accept import Acceptance
from workers.handler import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


USUAL = Limits()


@dataclass
class Queue:
    """A `Dispatcher` that keeps what it is given; `before` happens first, and may fail or take its time."""

    taken: list[Question] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, payload: bytes) -> None:
        self.before()
        with self._lock:
            self.taken.append(decode(payload))

    def join(self, timeout_s: float) -> None:
        """Nothing is ever handled."""

    def close(self) -> None:
        """Nothing is open."""


CITED = Citation(1, "travel.md", "travel.md#1", "Travel", "p. 1", None, "Ask in the post room.")


@dataclass
class Reception:
    """What a test looks at: the fake, the queue, the ledger, what was acknowledged early, and the side itself."""

    slack: FakeSlack
    queue: Queue
    ledger: SqliteLedger
    store: SqliteStore
    receiving: Receiving
    acknowledged: list[Question]
    waiting: list[int]

    @property
    def questions(self) -> list[Question]:
        """What was accepted, each once, in the order in which it was queued first."""
        return list({each.id: each for each in reversed(self.queue.taken)}.values())[::-1]

    @property
    def asked(self) -> list[str]:
        """The texts of the questions."""
        self.slack.settle()
        return [each.text for each in self.questions if each.task == "answer"]

    @property
    def errands(self) -> list[tuple[str, str]]:
        """What else is to be done: task and text."""
        self.slack.settle()
        return [(each.task, each.text) for each in self.questions if each.task != "answer"]

    @property
    def api(self) -> SlackApi:
        """What calls the fake."""
        settings = SlackSettings(bot_token=self.slack.workspace.bot_token, api_url=self.slack.api_url)
        return SlackApi(settings, self.store)

    def state(self, question_id: str) -> str:
        """Return how far a question is by the ledger."""
        entry = self.ledger.find(question_id)
        assert entry
        return entry.state

    def answer(self, question_id: str) -> None:
        """Answer a question as a worker would, in the book and the ledger."""
        answer = Answer(question_id, question_id, "answered", "In the post room. [1]", "en", citations=(CITED,))
        AnswerBook(self.store, 60.0).save(answer)
        self.ledger.advance(question_id, "delivered")

    def show(self, answer_id: str, channel: str = HELP) -> str:
        """Post a finished answer with its buttons, and return its ts."""
        answer = Answer(
            answer_id, answer_id, "answered", "In the post room.", "en", citations=(CITED,), comparable=True
        )
        reply = blocks.answer(answer)[-1]
        shown = self.api.call("chat.postMessage", channel=channel, text=reply.text, blocks=list(reply.blocks))
        return str(shown["ts"])

    def turned(self) -> None:
        """Deliver what was held back one by one, the last first."""
        for delivery in (self.slack.deliveries.held or [])[::-1]:
            self.slack.deliveries.held = [delivery]
            self.slack.deliveries.release()
            assert delivery.over.wait(10)

    def id(self, channel: str, ts: str) -> str:
        """Return the id of the question that a message is."""
        return f"slack-{self.slack.workspace.team}-{channel}-{ts}"


@contextmanager
def reception(
    home: Path,
    slack: FakeSlack,
    *,
    is_socket: bool = False,
    limits: Limits = USUAL,
    secret: str | None = None,
    acknowledge: Callable[[Question], object] | None = None,
) -> Iterator[Reception]:
    """Run the receiving side against a fake that is up, over HTTP unless by Socket Mode."""
    app = slack.workspace
    settings = Settings(
        home=home,
        slack=SlackSettings(
            bot_token=app.bot_token,
            app_token=app.app_token if is_socket else "",
            signing_secret=("" if is_socket else app.signing_secret) if secret is None else secret,
            api_url=slack.api_url,
        ),
        limits=limits,
    )
    file, queue, acknowledged, waiting = home / "q.db", Queue(), list[Question](), [0]
    with (
        closing(SqliteLedger(file)) as ledger,
        closing(SqliteStore(file)) as store,
        closing(SqliteLeases(file)) as leases,
    ):
        api = SlackApi(settings.slack, store)
        outside = Outside(
            accept=Acceptance(ledger, queue),
            acknowledge=acknowledge or acknowledged.append,
            ledger=ledger,
            store=store,
            leases=leases,
            api=api,
            identity=Identifying(api, store, app.bot_token),
            people=People(api, store),
            shelves=lambda _: [Shelf("handbook", 7, 1_700_000_000.0)],
            waiting=lambda: waiting[0],
        )
        receiving = open_receiving(settings, outside)
        with served(Starlette(routes=receiving.routes())) as url:
            slack.events_url = None if is_socket else f"{url}/slack/events"
            receiving.start()
            try:
                yield Reception(slack, queue, ledger, store, receiving, acknowledged, waiting)
            finally:
                receiving.close()
                slack.settle()
