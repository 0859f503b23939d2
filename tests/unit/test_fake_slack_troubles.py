"""The fake Slack misbehaves on order: quotas, errors, lost replies, slowness, pages of HTML, streams that end."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP, PRIVATE
from tests.fakes.slack.sdk import client, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    server.troubles.calm()
    yield server
    server.troubles.calm()
    server.workspace.skew_s = 0.0


@pytest.fixture
def web(slack: FakeSlack) -> WebClient:
    return client(slack)


def begun(web: WebClient, slack: FakeSlack, **more: object) -> dict[str, str]:
    """Begin a stream; return where it is."""
    ts = slack.message(HELP, ALICE, "q")
    to = {"recipient_team_id": slack.workspace.team, "recipient_user_id": ALICE}
    reply = web.chat_startStream(channel=HELP, thread_ts=ts, **to, **more)  # type: ignore[arg-type]
    return {"channel": HELP, "ts": reply["ts"]}


def test_a_limited_method_says_how_long_to_wait_and_notes_impatience(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.early.clear()
    slack.troubles.limit("chat.postMessage", 5, HELP)
    with pytest.raises(SlackApiError) as refused:
        web.chat_postMessage(channel=HELP, text="x")

    assert (refused.value.response.status_code, refused.value.response["error"]) == (429, "ratelimited")
    assert refused.value.response.headers["Retry-After"] == "5"
    assert web.chat_postMessage(channel=PRIVATE, text="another place")["ok"]
    assert error(web.chat_postMessage, channel=HELP, text="x") == "ratelimited"
    assert slack.troubles.early == ["chat.postMessage"]


def test_a_reset_after_storing_leaves_the_message(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.reset("chat.postMessage")
    with pytest.raises(OSError, match=r"reset|closed"):
        web.chat_postMessage(channel=HELP, text="said once")

    assert [each.shown for each in slack.channel(HELP)].count("said once") == 1


def test_tiers_end_after_their_calls_a_minute(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.tiers = True
    try:
        refused = [error(web.chat_stopStream, channel=HELP, ts="1.0") for _ in range(21)]
    finally:
        slack.troubles.tiers = False

    assert refused == ["message_not_found"] * 20 + ["ratelimited"]


def test_an_error_on_order_may_hide_that_the_call_took_effect(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.fail("chat.postMessage", status=503)
    slack.troubles.fail("chat.postMessage", stored=True)
    statuses = []
    for text in ("not stored", "stored"):
        with pytest.raises(SlackApiError) as refused:
            web.chat_postMessage(channel=HELP, text=text)
        statuses.append(refused.value.response.status_code)

    assert statuses == [503, 500]
    shown = [each.shown for each in slack.channel(HELP)]
    assert ("not stored" in shown, "stored" in shown) == (False, True)


def test_a_slow_call_is_done_at_once_and_answered_late(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.slow("chat.postMessage", 0.5)
    began = time.monotonic()
    web.chat_postMessage(channel=HELP, text="late")

    assert time.monotonic() - began >= 0.5


def test_a_page_of_html_may_come_with_status_200(web: WebClient, slack: FakeSlack) -> None:
    slack.troubles.page("auth.test")

    assert "non-JSON" in error(web.auth_test)


def test_a_server_that_was_down_knows_what_was_said(web: WebClient, slack: FakeSlack) -> None:
    ts = web.chat_postMessage(channel=HELP, text="before")["ts"]
    slack.down()
    with pytest.raises(OSError, match="refused"):
        web.auth_test()
    slack.up()

    assert web.chat_update(channel=HELP, ts=ts, text="after")["ok"]


def test_a_stream_in_a_channel_says_for_whom(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "q")
    team = {"recipient_team_id": slack.workspace.team}

    assert error(web.chat_startStream, channel=HELP, thread_ts=ts) == "missing_recipient_team_id"
    assert error(web.chat_startStream, channel=HELP, thread_ts=ts, **team) == "missing_recipient_user_id"
    asked = {"channel": HELP, "recipient_user_id": ALICE} | team
    assert error(web.api_call, api_method="chat.startStream", json=asked) == "invalid_arguments"


def test_a_stream_grows_and_ends_with_blocks_below(web: WebClient, slack: FakeSlack) -> None:
    place = begun(web, slack, markdown_text="**One")
    web.chat_appendStream(**place, markdown_text=" two**")
    busy = error(web.chat_update, **place, text="x")
    web.chat_stopStream(**place, blocks=[{"type": "divider"}])
    seen = slack.one(HELP, place["ts"])

    assert busy == "streaming_state_conflict"
    assert seen.shown == "One two\n———"
    assert error(web.chat_appendStream, **place, markdown_text="x") == "message_not_in_streaming_state"


def test_a_stream_ends_after_five_minutes_and_can_then_be_updated(web: WebClient, slack: FakeSlack) -> None:
    place = begun(web, slack, markdown_text="half an")
    slack.advance(301)

    assert error(web.chat_stopStream, **place) == "message_not_in_streaming_state"
    assert web.chat_update(**place, text="half an answer")["ok"]


def test_a_person_can_stop_a_stream(web: WebClient, slack: FakeSlack) -> None:
    place = begun(web, slack, markdown_text="long")
    slack.stop_stream(place["channel"], place["ts"])

    assert error(web.chat_appendStream, **place, markdown_text="er") == "stopped_by_user"


def test_chunks_are_checked_and_not_mixed_with_text(web: WebClient, slack: FakeSlack) -> None:
    place = begun(web, slack, chunks=[{"type": "markdown_text", "text": "a"}])

    assert error(web.chat_appendStream, **place, markdown_text="b") == "streaming_mode_mismatch"
    assert error(web.chat_appendStream, **place, chunks=[{"type": "song"}]) == "invalid_chunks"
    long = [{"type": "task_update", "id": "1", "title": "t" * 257, "status": "pending"}]
    assert error(web.chat_appendStream, **place, chunks=long) == "msg_too_long"
    nothing = error(web.api_call, api_method="chat.appendStream", json=place)
    assert nothing == "markdown_text_or_chunks_required"


def test_requests_are_kept_with_what_became_of_them(web: WebClient, slack: FakeSlack) -> None:
    web.chat_postMessage(channel=HELP, text="kept", metadata={"event_type": "e", "event_payload": {}})
    last = slack.recording.of("chat.postMessage")[-1]

    assert (last.status, last.error, last.values["text"]) == (200, "", "kept")
    assert json.dumps(last.values["metadata"]) == '{"event_type": "e", "event_payload": {}}'
