"""What was said in a thread before a question is read whole: all pages, all blocks, who said it, and our answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from adapters.slack.calling import client
from adapters.slack.layout import blocks
from bot.conversation import memory
from bot.errors import MessengerBusyError, MessengerUnavailableError
from bot.types import Answer, Citation, Turn
from tests.fakes.slack import FakeSlack, sdk
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack_gathering import gathering, question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from slack_sdk import WebClient

    from adapters.slack.gathering.gather import Gatherer
    from adapters.slack.layout.blocks import Reply

pytestmark = pytest.mark.quick


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    scopes = set(server.workspace.scopes)
    yield server
    server.troubles.calm()
    server.workspace.scopes = scopes


@pytest.fixture
def gatherer(slack: FakeSlack, tmp_path: Path) -> Iterator[Gatherer]:
    with gathering(slack, tmp_path) as made:
        yield made


@pytest.fixture
def web(slack: FakeSlack) -> WebClient:
    return sdk.client(slack)


def context(slack: FakeSlack, gatherer: Gatherer) -> tuple[Turn, ...]:
    """Return what is gathered for the newest thing said."""
    return gatherer.gather(question(slack, engaged=True)).context


def reply(web: WebClient, thread: str, replies: Sequence[Reply], asked: str = "q") -> None:
    """Post what we would."""
    for each in replies:
        web.chat_postMessage(
            channel=HELP, thread_ts=thread, text=each.text, blocks=list(each.blocks), metadata=blocks.metadata(asked)
        )


def answer(text: str, *titles: str) -> Answer:
    cited = tuple(
        Citation(number, title, "c", title, "page 1", None, "quote") for number, title in enumerate(titles, 1)
    )
    return Answer("q", "q", "answered", text, "en", citations=cited)


def test_a_follow_up_knows_who_said_what_before_it(slack: FakeSlack, gatherer: Gatherer) -> None:
    root = slack.mention(HELP, ALICE, "ORA-01555 since this morning")
    slack.message(HELP, BOB, "the *undo* tablespace is full, see `v$undostat`", root)
    slack.mention(HELP, ALICE, "how do I fix it?", root)

    assert context(slack, gatherer) == (
        Turn("alice", "ORA-01555 since this morning"),
        Turn("bob", "the undo tablespace is full, see `v$undostat`"),
    )


def test_outside_threads_there_is_no_context(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.mention(HELP, ALICE, "one question")
    slack.mention(HELP, ALICE, "another question")
    in_channel = context(slack, gatherer)
    slack.direct(ALICE, "one question")
    slack.direct(ALICE, "another question")

    assert in_channel == context(slack, gatherer) == ()


def test_what_is_said_after_the_question_is_none_of_its_context(slack: FakeSlack, gatherer: Gatherer) -> None:
    root = slack.mention(HELP, ALICE, "first")
    slack.mention(HELP, ALICE, "second", root)
    asked = question(slack)
    slack.message(HELP, BOB, "third", root)

    assert gatherer.gather(asked).context == (Turn("alice", "first"),)


def test_our_own_answer_is_read_back_whole_and_progress_is_not(
    slack: FakeSlack, gatherer: Gatherer, web: WebClient
) -> None:
    root = slack.mention(HELP, ALICE, "how large must the undo tablespace be?")
    parts = blocks.answer(answer("\n\n".join(f"Paragraph {number}. {'x' * 700}" for number in range(40)), "undo.md"))
    reply(web, root, [blocks.progress("Searching the documents …")], "other")
    reply(web, root, parts)
    slack.mention(HELP, ALICE, "and then?", root)
    said = context(slack, gatherer)
    ours = [turn for turn in said if turn.ours]

    assert len(parts) > 1
    assert len(ours) == len(parts)
    assert {turn.speaker for turn in ours} == {"Quorum"}
    assert "Paragraph 0." in ours[0].text
    assert not [turn for turn in said if "Searching" in turn.text]


def test_all_blocks_of_our_answer_are_read_the_sources_too(
    slack: FakeSlack, gatherer: Gatherer, web: WebClient
) -> None:
    root = slack.mention(HELP, ALICE, "what is ORA-01555?")
    reply(web, root, blocks.answer(answer("Snapshot too old [1].", "Undo handbook")))
    slack.mention(HELP, ALICE, "where is that written?", root)
    (_, ours) = context(slack, gatherer)

    assert "Snapshot too old [1]." in ours.text
    assert "Undo handbook" in ours.text


def test_every_page_of_a_long_thread_is_read(
    slack: FakeSlack, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 3)
    root = slack.mention(HELP, ALICE, "root")
    for number in range(10):
        slack.message(HELP, BOB, f"reply {number}", root)
    slack.mention(HELP, ALICE, "well?", root)

    assert [turn.text for turn in context(slack, gatherer)] == ["root", *(f"reply {number}" for number in range(10))]


def test_a_long_thread_is_bounded_and_keeps_its_beginning(slack: FakeSlack, gatherer: Gatherer) -> None:
    root = slack.mention(HELP, ALICE, "root")
    for number in range(20):
        slack.message(HELP, BOB, f"reply {number} {'words ' * 100}", root)
    slack.mention(HELP, ALICE, "well?", root)
    said = context(slack, gatherer)

    assert said[0].text == "root"
    assert said[-1].text.startswith("reply 19 ")
    assert len(said) < 20
    assert said == memory.bounded(said)


def test_what_another_app_said_is_read_and_a_file_by_its_own(slack: FakeSlack, gatherer: Gatherer) -> None:
    root = slack.other_bot(HELP, "ALERT: ORA-04031 on db7")
    slack.message(HELP, BOB, "", root, files=[slack.file("alert.log", b"x")])
    slack.mention(HELP, ALICE, "what is this?", root)

    assert context(slack, gatherer) == (Turn("U0OTHERBOT", "ALERT: ORA-04031 on db7"), Turn("bob", "[alert.log]"))


def test_while_slack_is_down_or_busy_the_question_waits(slack: FakeSlack, gatherer: Gatherer) -> None:
    root = slack.mention(HELP, ALICE, "root")
    slack.mention(HELP, ALICE, "well?", root)
    asked = question(slack)
    slack.troubles.fail("conversations.replies", status=503)
    with pytest.raises(MessengerUnavailableError):
        gatherer.gather(asked)
    slack.troubles.limit("conversations.replies", 5)
    with pytest.raises(MessengerBusyError):
        gatherer.gather(asked)


@pytest.mark.parametrize("lost", ["scope", "root"])
def test_a_thread_that_slack_does_not_show_is_no_context(slack: FakeSlack, gatherer: Gatherer, lost: str) -> None:
    root = slack.mention(HELP, ALICE, "root")
    slack.mention(HELP, ALICE, "well?", root)
    asked = question(slack)
    if lost == "scope":
        slack.workspace.scopes -= {"channels:history"}
    else:
        slack.workspace.messages[HELP, root].deleted = True

    assert gatherer.gather(asked).context == ()


def test_logs_hold_nothing_of_what_was_said(
    slack: FakeSlack, gatherer: Gatherer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    root = slack.mention(HELP, ALICE, "thesecret")
    slack.mention(HELP, ALICE, "thesecret too", root)
    context(slack, gatherer)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith(("adapters", "bot", "slack"))]

    assert ours
    assert not [each for each in ours if "thesecret" in each or "alice" in each]
