"""The whole worker before the app: whatever WeCom does in mid-answer, each answer arrives whole, in order and once."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.layout import tags
from bot.backends.sqlite import SqliteDeadLetters, SqliteLeases
from bot.conversation.answers import AnswerBook
from bot.types import Answer
from tests.fakes import slack_answers
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, ZHANG
from tests.fakes.wecom_reception import AppReception, app_reception
from workers.dispatch import InlineDispatcher
from workers.handler import Handler, encode
from workers.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.types import Progress, Question
    from tests.fakes.wecom.troubles import Troubles

LONG = "".join(f"第{number}步：检查归档日志的空间，确认备份已经完成，再清理旧文件。" for number in range(200))
MARK = re.compile(r"\n\n(?:\(\d+/\d+\) )?编号 [a-z0-9]{8}$")


class LongWinded:
    """Answers every question at the same length."""

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:  # noqa: ARG002 - nothing is told
        made = slack_answers.answer()
        return Answer(question.id, question.id, "answered", LONG, "zh", made.citations, made.vote)


@dataclass
class Workplace:
    """A reception whose questions are worked on by `work`."""

    app: AppReception
    dispatcher: InlineDispatcher

    def work(self) -> None:
        """Answer what was asked, however long that takes."""
        for question in self.app.questions:
            self.dispatcher.submit(encode(question))
        self.dispatcher.join(120)

    def said(self, user: str) -> list[str]:
        """Return the texts of the messages to a member, without cards."""
        return [each.text for each in self.app.shown(user) if each.kind != "template_card"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom("http://127.0.0.1:9/nobody", patience_s=1.0))
        app = stack.enter_context(app_reception(tmp_path, wecom))
        leases = stack.enter_context(closing(SqliteLeases(tmp_path / "q.db")))
        dead = stack.enter_context(closing(SqliteDeadLetters(tmp_path / "q.db")))
        messengers = {"wecom": app.replying.messenger}
        book = AnswerBook(app.store, 600.0)
        handler = Handler(LongWinded(), app.ledger, leases, book, dead, messengers, Tries(lease_s=5.0))  # type: ignore[arg-type] # a dict of one platform
        yield Workplace(app, stack.enter_context(closing(InlineDispatcher(handler, 4))))


def troubled(order: Callable[[Troubles], None], name: str) -> object:
    return pytest.param(order, id=name)


@pytest.mark.parametrize(
    "order",
    [
        troubled(lambda each: each.refuse("message/send", 45009, seconds=5.0), "45009 for 5 s"),
        troubled(lambda each: each.refuse("message/send", -1, times=3), "busy"),
        troubled(lambda each: each.reset("message/send", 3, stored=True), "reset after accepting"),
        troubled(lambda each: each.fail("message/send", 2, stored=True), "500 after accepting"),
        troubled(lambda each: each.refuse("message/send", 42001, times=2), "token expired"),
    ],
)
def test_nothing_is_lost_doubled_or_cut(place: Workplace, order: Callable[[Troubles], None]) -> None:
    for user in (ZHANG, LI):
        place.app.wecom.write(user, "磁盘满了怎么办", "app")
    place.app.wecom.settle()
    order(place.app.wecom.troubles)

    place.work()

    for user in (ZHANG, LI):
        whole = "".join(MARK.sub("", each) for each in place.said(user)).replace("\n", "")
        assert whole.startswith(LONG)
        assert place.app.wecom.repeated(f"app/{user}") == []
    assert place.app.wecom.corp.remarks == []


def test_a_token_that_ends_while_answers_go_out_is_replaced_once(place: Workplace) -> None:
    for _ in range(2):
        place.app.wecom.write(ZHANG, "磁盘满了怎么办", "app")
        place.app.wecom.write(LI, "磁盘满了怎么办", "app")
    place.app.replying.api.get("user/get", userid=ZHANG)
    place.app.wecom.tokens.expire()

    place.work()

    assert len(place.app.wecom.tokens.issued) == 2
    assert len([each for each in place.app.wecom.requests if each.path == "gettoken"]) == 2
    assert len(place.said(ZHANG)) == len(place.said(LI)) >= 18


def test_the_questions_of_one_member_are_answered_in_the_order_in_which_they_came(place: Workplace) -> None:
    for number in range(2):
        place.app.wecom.write(ZHANG, f"第{number}个问题", "app")
        place.app.wecom.settle()
    asked = [each.id for each in place.app.questions]

    place.work()

    references = [each.text.split()[-1] for each in place.app.shown(ZHANG) if each.kind == "markdown"]
    assert list(dict.fromkeys(references)) == [tags.reference(each) for each in asked]
    assert references == sorted(references, key=references.index)


def test_a_question_that_was_stopped_gets_no_answer(place: Workplace) -> None:
    place.app.wecom.write(ZHANG, "磁盘满了怎么办", "app")
    place.app.wecom.settle()
    place.app.wecom.write(ZHANG, "/停止", "app")

    place.work()

    (said,) = place.app.shown(ZHANG)
    assert (said.kind, "已停止" in said.text) == ("text", True)


def test_a_command_is_answered_with_plain_text_which_wechats_plugin_shows_too(place: Workplace) -> None:
    place.app.wecom.write(ZHANG, "磁盘满了怎么办", "app")
    place.work()
    place.app.wecom.settle()
    place.app.wecom.write(ZHANG, "/来源", "app")

    place.work()

    said = place.app.shown(ZHANG)[-1]
    assert said.kind == "text"
    assert "**" not in said.text
