"""What comes over HTTP: what is let in, what is refused and how, and when Slack is told that it arrived."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest

from bot.errors import QueueUnavailableError, StoreUnavailableError
from bot.settings import Limits
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.envelopes import signature
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHALLENGE = b'{"type": "url_verification", "challenge": "c-1"}'
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack) as found:
        yield found


def signed(desk: Reception, body: bytes, timestamp: str, secret: str = "") -> dict[str, str]:
    made = signature(secret or desk.slack.workspace.signing_secret, timestamp, body)
    return {"X_Slack_Request_Timestamp": timestamp, "X_Slack_Signature": made}


def test_a_signed_url_verification_gets_its_challenge_back(desk: Reception) -> None:
    reply = desk.slack.post(CHALLENGE)

    assert (reply.status, json.loads(reply.body)) == (200, {"challenge": "c-1"})


@pytest.mark.parametrize("body", [CHALLENGE, b"{}", b"no json", b"\xff"])
def test_what_is_not_signed_is_refused_url_verification_too(desk: Reception, body: bytes) -> None:
    assert desk.slack.post(body, X_Slack_Signature="").status == 401
    assert desk.slack.post(body, X_Slack_Request_Timestamp="").status == 401


def test_a_wrong_signature_is_refused(desk: Reception) -> None:
    now = str(int(time.time()))

    assert desk.slack.post(CHALLENGE, **signed(desk, CHALLENGE, now, "another secret")).status == 401
    assert desk.slack.post(CHALLENGE, X_Slack_Signature="v0=").status == 401
    assert desk.slack.post(CHALLENGE, X_Slack_Signature="v0=ünicode".encode().decode("latin-1")).status == 401


@pytest.mark.parametrize("off_s", [-301, 302, -86_400, 86_400])
def test_an_old_timestamp_cannot_be_replayed_nor_one_of_the_future_used(desk: Reception, off_s: int) -> None:
    then = str(int(time.time()) + off_s)

    assert desk.slack.post(CHALLENGE, **signed(desk, CHALLENGE, then)).status == 401


@pytest.mark.parametrize(
    "timestamp", ["now", "1e9", "-1", "1700000000.5", "١٧٠٠٠٠٠٠٠٠".encode().decode("latin-1"), "9" * 5000]
)
def test_a_timestamp_that_is_no_plain_number_is_refused(desk: Reception, timestamp: str) -> None:
    assert 400 <= desk.slack.post(CHALLENGE, X_Slack_Request_Timestamp=timestamp).status < 500


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"type": "caf\xe9"}', "application/json"),
        (b"no json", "application/json"),
        (b"", "application/json"),
        (b"[1]", "application/json"),
        (b'"text"', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"type": "event_callback", "event": "text"}', "application/json"),
        (b'{"type": "event_callback", "authorizations": 7}', "application/json"),
        (b"payload=%7Bno+json", FORM),
        (b"payload=%FF", FORM),
        (b"", FORM),
    ],
)
def test_a_body_that_is_no_payload_is_refused(desk: Reception, body: bytes, kind: str) -> None:
    assert desk.slack.post(body, kind).status == 400


def test_a_body_that_is_too_large_is_refused(desk: Reception) -> None:
    reply = httpx.post(str(desk.slack.events_url), content=b"{" + b" " * 4_000_001, trust_env=False)

    assert reply.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "event": {"type": "team_rename"}},
        {"type": "event_callback", "event": {"type": "message", "subtype": "made_up"}},
        {"type": "app_rate_limited"},
        {"type": "of tomorrow"},
    ],
)
def test_what_slack_may_invent_is_answered_200(desk: Reception, body: dict[str, object]) -> None:
    assert desk.slack.post(json.dumps(body).encode()).status == 200
    assert desk.asked == []


def test_help_and_buttons_work_before_slack_told_who_we_are(tmp_path: Path) -> None:
    with FakeSlack(retries_s=()) as slack:
        slack.troubles.fail("auth.test", times=99, status=503)
        with reception(tmp_path, slack) as desk:
            helped = desk.slack.slash("/quorum", "help", ALICE)
            pressed = {"type": "block_actions", "actions": [{"action_id": "quorum_feedback", "value": "a-1:1"}]}
            clicked = desk.slack.post(urlencode({"payload": json.dumps(pressed)}).encode(), FORM)

    assert (helped.status, clicked.status) == (200, 200)


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "actions": [{"action_id": "another"}]},
        {"type": "view_submission", "view": {"id": "V1"}},
        {"type": "view_closed", "view": {"id": "V1"}},
        {"type": "shortcut", "callback_id": "another"},
        {"type": "message_action", "callback_id": "another"},
        {"type": "block_suggestion", "value": ""},
    ],
)
def test_every_interaction_is_answered_200(desk: Reception, payload: dict[str, object]) -> None:
    body = urlencode({"payload": json.dumps(payload)}).encode()

    assert (desk.slack.post(body, FORM).status, desk.asked) == (200, [])


def test_a_check_of_the_certificate_is_answered_200_without_a_body(desk: Reception) -> None:
    reply = desk.slack.post(b"ssl_check=1&token=x", FORM)

    assert (reply.status, reply.body) == (200, b"")


def test_without_a_signing_secret_nothing_is_let_in(tmp_path: Path) -> None:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack, secret="") as desk:
        forged = signed(desk, CHALLENGE, str(int(time.time())), "unset")

        assert slack.post(CHALLENGE).status == 401
        assert slack.post(CHALLENGE, **forged).status == 401


def test_slack_hears_200_once_the_question_is_claimed_and_queued(desk: Reception) -> None:
    ts = desk.slack.mention(HELP, ALICE, "why?")
    desk.slack.settle()

    assert [each.id for each in desk.queue.taken if each.text == "why?"][:1] == [desk.id(HELP, ts)]
    assert {attempt.status for each in desk.slack.deliveries.log for attempt in each.attempts} == {200}
    assert desk.ledger.find(desk.id(HELP, ts)) is not None


@pytest.mark.parametrize("error", [QueueUnavailableError, StoreUnavailableError])
def test_a_message_is_not_acknowledged_while_its_queue_is_down_and_taken_when_it_comes_again(
    tmp_path: Path, error: type[Exception]
) -> None:
    with FakeSlack(retries_s=(0.05, 0.05, 0.05)) as slack, reception(tmp_path, slack) as desk:
        slack.deliveries.subscribed.discard("message.channels")
        failing = iter([error("down"), error("down")])

        def before() -> None:
            if (found := next(failing, None)) is not None:
                raise found

        desk.queue.before = before
        slack.mention(HELP, ALICE, "why?")

        assert desk.asked == ["why?"]
        assert [attempt.status for attempt in slack.deliveries.log[0].attempts] == [503, 503, 200]


def test_a_queue_that_hangs_is_answered_503_within_three_seconds(desk: Reception) -> None:
    over = threading.Event()
    desk.queue.before = lambda: over.wait(20)
    desk.slack.direct(ALICE, "why?")
    desk.slack.settle()
    over.set()

    attempt = desk.slack.deliveries.log[-1].attempts[0]
    assert (attempt.status, attempt.seconds < 3) == (503, True)


def test_one_delivered_four_times_at_once_and_twice_by_type_is_one_question(desk: Reception) -> None:
    desk.slack.deliveries.copies = 4
    desk.slack.mention(HELP, ALICE, "why?")

    assert desk.asked == ["why?"]
    assert sum(len(each.attempts) for each in desk.slack.deliveries.log) == 8
    assert len(desk.acknowledged) == 1


def test_a_retry_of_an_unknown_message_is_handled_like_a_first_delivery(desk: Reception) -> None:
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": ALICE, "ts": "1700000000.000100"}
    body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event | {"text": "why?"}}
    reply = desk.slack.post(json.dumps(body).encode(), X_Slack_Retry_Num="1", X_Slack_Retry_Reason="connection_failed")

    assert (reply.status, desk.asked) == (200, ["why?"])


def test_a_command_with_the_word_payload_in_it_is_not_lost(desk: Reception) -> None:
    reply = desk.slack.slash("/ask", "what is a payload?")

    assert (reply.status, reply.body, desk.asked) == (200, b"", ["what is a payload?"])


def test_who_we_are_is_asked_once_and_not_for_every_event(desk: Reception) -> None:
    for number in range(5):
        desk.slack.direct(ALICE, f"why {number}?")
    desk.slack.settle()
    desk.slack.direct(ALICE, "why again?")

    assert len(desk.asked) == 6
    assert len(desk.slack.recording.of("auth.test")) == 1


def test_no_text_token_secret_or_address_is_logged_at_any_level(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        FakeSlack(retries_s=(0.01,)) as slack,
        reception(tmp_path, slack, limits=Limits(questions_per_minute=3)) as desk,
    ):
        ts = slack.mention(HELP, ALICE, "the SENSITIVE question")
        slack.settle()
        slack.edit(HELP, ts, "SENSITIVE as edited")
        slack.delete(HELP, ts)
        slack.slash("/ask", "SENSITIVE command")
        slack.slash("/quorum", "help SENSITIVE")
        slack.home(ALICE)
        slack.troubles.fail("*", 5)
        slack.direct(ALICE, "SENSITIVE direct")
        desk.queue.before = _raising(ValueError("SENSITIVE error"))
        slack.direct(ALICE, "SENSITIVE failing")
        desk.queue.before = _raising(QueueUnavailableError("SENSITIVE error"))
        slack.direct(ALICE, "SENSITIVE again")
        slack.post(b"SENSITIVE")
        slack.post(b"SENSITIVE", X_Slack_Signature="v0=SENSITIVE")
        slack.settle()

    said = "\n".join(f"{each.name} {each.getMessage()} {each.exc_text}" for each in caplog.records)
    secrets = [slack.workspace.bot_token, slack.workspace.signing_secret, "/response/", "SENSITIVE"]
    assert [each for each in secrets if each in said] == []


def _raising(error: Exception) -> object:
    def before() -> None:
        raise error

    return before
