"""The app's receiving side over real backends and sockets, with a queue that only notes what it is given."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from adapters.wecom.assembly import Replying, open_replying
from adapters.wecom.helpdesk import open_helpdesk
from adapters.wecom.receiving.assembly import Outside, open_receiving
from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.conversation.answers import AnswerBook
from bot.settings import Helpdesk, Limits, Settings
from bot.types import Answer
from tests.fakes import slack_answers
from tests.fakes.slack_reception import Queue
from tests.fakes.web_server import served
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI
from tests.fakes.wecom_rooms import wecom_settings
from workers.accept import Acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Question
    from tests.fakes.wecom.seen import Seen

USUAL = Limits()


@dataclass
class AppReception:
    """What a test looks at: the fake, the queue, the ledger, and the replying side for errands."""

    wecom: FakeWeCom
    queue: Queue
    ledger: SqliteLedger
    store: SqliteStore
    replying: Replying

    @property
    def questions(self) -> list[Question]:
        """What was accepted, each once, in the order in which it was queued first."""
        self.wecom.settle()
        return list({each.id: each for each in reversed(self.queue.taken)}.values())[::-1]

    @property
    def asked(self) -> list[str]:
        """The texts of the questions."""
        return [each.text for each in self.questions if each.task == "answer"]

    @property
    def errands(self) -> list[tuple[str, str]]:
        """What else is to be done: task and text."""
        return [(each.task, each.text) for each in self.questions if each.task != "answer"]

    def statuses(self) -> list[int]:
        """Return what each sending of the last delivery was answered with."""
        self.wecom.settle()
        return [each.status for each in self.wecom.deliveries.log[-1].attempts]

    def answer(self, question: Question, text: str = "清理归档日志 [1]。") -> Answer:
        """Answer a question as a worker would: gathered, in the book, in the ledger, and shown."""
        messenger = self.replying.messenger
        messenger.gather(question)
        made = slack_answers.answer(text, language=question.language)
        found = Answer(question.id, question.id, "answered", text, question.language, made.citations, made.vote)
        AnswerBook(self.store, 600.0).save(found)
        receipt = messenger.deliver(messenger.acknowledge(question), found)
        self.ledger.advance(question.id, "delivered", receipt)
        return found

    def run(self) -> None:
        """Do every errand that is not done yet, as a worker would."""
        for each in self.questions:
            entry = self.ledger.find(each.id)
            if each.task != "answer" and entry and entry.state == "open":
                self.replying.messenger.run(each)
                self.ledger.advance(each.id, "delivered")

    def shown(self, user: str) -> list[Seen]:
        """Return what the app wrote to a member."""
        return [each for each in self.wecom.chat(f"app/{user}") if each.ours]


@contextmanager
def app_reception(
    home: Path, wecom: FakeWeCom, *, limits: Limits = USUAL, helpdesk: str = LI
) -> Iterator[AppReception]:
    """Run the app's receiving side against a fake that is up."""
    settings = Settings(home=home, limits=limits, wecom=wecom_settings(wecom), helpdesk=Helpdesk(wecom_user=helpdesk))
    file, queue = home / "q.db", Queue()
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(SqliteLedger(file)))
        store = stack.enter_context(closing(SqliteStore(file)))
        leases = stack.enter_context(closing(SqliteLeases(file)))
        replying = open_replying(settings, store, ledger, leases, open_helpdesk(settings, store, leases))
        outside = Outside(
            accept=Acceptance(ledger, queue),
            ledger=ledger,
            store=store,
            leases=leases,
            api=replying.api,
            app=replying.app,
            waiting=lambda: len(ledger.unfinished(0.0)),
        )
        receiving = open_receiving(settings, outside)
        url = stack.enter_context(served(Starlette(routes=receiving.routes())))
        wecom.deliveries.app_url = f"{url}/wecom/app"
        receiving.start()
        try:
            yield AppReception(wecom, queue, ledger, store, replying)
        finally:
            wecom.settle()
            receiving.close()
