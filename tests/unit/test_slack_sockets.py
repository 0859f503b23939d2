"""Socket Mode over real WebSockets: when we are ready, what is acknowledged, and what happens when connections die."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from bot.errors import QueueUnavailableError
from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=(0.1, 0.3, 1.0)) as slack, reception(tmp_path, slack, is_socket=True) as found:
        until(found.receiving.ready, "hello")
        yield found


def test_we_are_ready_only_once_slack_has_greeted_us(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        slack.sockets.hello = False
        with reception(tmp_path, slack, is_socket=True) as desk:
            until(lambda: slack.sockets.connected, "a connection")
            assert not desk.receiving.ready()

            slack.sockets.hello = True
            slack.down()
            slack.up()
            until(desk.receiving.ready, "hello")


def test_a_mention_is_one_question_and_each_envelope_is_acknowledged(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "why?")

    assert desk.asked == ["why?"]
    assert [each.id for each in desk.questions] == [desk.id(HELP, ts)]
    assert {attempt.status for each in desk.slack.deliveries.log for attempt in each.attempts} == {200}


def test_an_envelope_is_acknowledged_only_after_it_is_claimed_and_queued(desk: Reception) -> None:
    failing = iter([QueueUnavailableError("down")])

    def before() -> None:
        if (found := next(failing, None)) is not None:
            raise found

    desk.slack.deliveries.subscribed.discard("message.channels")
    desk.queue.before = before
    desk.slack.mention(HELP, ALICE, "why?")

    assert desk.asked == ["why?"]
    assert [attempt.status for attempt in desk.slack.deliveries.log[0].attempts] == [0, 200]


def test_a_slow_envelope_keeps_no_other_from_being_read_and_acknowledged(desk: Reception) -> None:
    slow, over = threading.Event(), threading.Event()

    def before() -> None:
        if not slow.is_set():
            slow.set()
            over.wait(10)

    desk.queue.before = before
    desk.slack.direct(ALICE, "why?")
    assert slow.wait(10)
    answered = desk.slack.slash("/quorum", "help", ALICE)
    is_slow_one_open = not desk.slack.deliveries.log[0].over.is_set()
    over.set()

    assert (answered.status, is_slow_one_open) == (200, True)
    assert desk.asked == ["why?"]


def test_help_is_in_the_acknowledgement_of_its_command(desk: Reception) -> None:
    desk.slack.slash("/quorum", "help")

    assert "/ask" in desk.slack.whispers(ALICE)[0].shown


def test_clicks_and_shortcuts_come_this_way_too(desk: Reception) -> None:
    ts = desk.slack.other_bot(HELP, "alert: disk full")
    desk.slack.shortcut("quorum_ask", HELP, ts)

    assert desk.asked == ["alert: disk full"]


def test_nothing_is_lost_when_the_connection_dies_in_mid_flight(desk: Reception) -> None:
    desk.slack.sockets.drop_next = 5
    for number in range(5):
        desk.slack.direct(ALICE, f"why {number}?")

    assert sorted(desk.asked) == [f"why {number}?" for number in range(5)]
    assert len(desk.queue.taken) >= 5


def test_a_connection_that_slack_wants_to_renew_is_made_again(desk: Reception) -> None:
    desk.slack.refresh_sockets()
    until(lambda: desk.slack.sockets.connected == 2 and desk.receiving.ready(), "another connection")
    desk.slack.direct(ALICE, "why?")

    assert desk.asked == ["why?"]


def test_a_connection_that_is_cut_is_made_again_at_once(desk: Reception) -> None:
    desk.slack.cut_sockets()
    began = time.monotonic()
    until(lambda: desk.slack.sockets.connected == 2 and desk.receiving.ready(), "another connection")

    assert time.monotonic() - began < 5


def test_we_come_back_after_slack_was_down(desk: Reception) -> None:
    desk.slack.down()
    until(lambda: not desk.receiving.ready(), "the loss")
    desk.slack.up()
    until(desk.receiving.ready, "hello")
    desk.slack.direct(ALICE, "why?")

    assert desk.asked == ["why?"]


def test_a_refused_token_is_said_once_by_its_code_however_often_it_is_tried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeSlack() as slack:
        right, slack.workspace.app_token = slack.workspace.app_token, "xapp-another"
        with reception(tmp_path, slack, is_socket=True) as desk:
            slack.workspace.app_token = right
            until(lambda: len(slack.recording.of("apps.connections.open")) >= 3, "three tries")
            assert not desk.receiving.ready()
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]

    assert [each.rpartition(": ")[2] for each in warnings] == ["invalid_auth"]


def test_what_is_in_hand_when_we_stop_is_finished_and_acknowledged(tmp_path: Path) -> None:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack, is_socket=True) as desk:
        until(desk.receiving.ready, "hello")
        begun, over = threading.Event(), threading.Event()

        def before() -> None:
            begun.set()
            over.wait(5)

        desk.queue.before = before
        slack.direct(ALICE, "why?")
        begun.wait(5)
        closing = threading.Thread(target=desk.receiving.close)
        closing.start()
        over.set()
        closing.join()
        slack.settle()

        assert [attempt.status for attempt in slack.deliveries.log[-1].attempts] == [200]


def test_neither_tokens_nor_tickets_nor_texts_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeSlack(retries_s=(0.1,)) as slack, reception(tmp_path, slack, is_socket=True) as desk:
        until(desk.receiving.ready, "hello")
        slack.direct(ALICE, "SENSITIVE")
        slack.slash("/quorum", "help SENSITIVE")
        slack.cut_sockets()
        slack.direct(ALICE, "SENSITIVE again")
        slack.settle()

    ours = [each for each in caplog.records if not each.name.startswith(("uvicorn", "websockets", "asyncio"))]
    said = "\n".join(f"{each.name} {each.getMessage()} {each.exc_text}" for each in ours)
    app = slack.workspace
    assert [each for each in (app.app_token, app.bot_token, "ticket", "SENSITIVE", "/ask") if each in said] == []
