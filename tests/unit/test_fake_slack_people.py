"""The fake Slack's files, modals and Homes, and what its tests count and find wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack.sdk import client, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

    from tests.fakes.slack.records import File

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "the passage"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Sources"}, "blocks": [SECTION]}
HOME = {"type": "home", "blocks": [SECTION]}


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def web(slack: FakeSlack) -> WebClient:
    return client(slack)


def shared(slack: FakeSlack, file: File) -> dict[str, Any]:
    """Share a file; return its description as the app gets it."""
    ts = slack.message(HELP, ALICE, "", files=[file])
    messages = client(slack).conversations_replies(channel=HELP, ts=ts)["messages"]
    return dict(messages[0]["files"][0])


def download(slack: FakeSlack, file: File, token: str | None = None) -> httpx.Response:
    found = shared(slack, file)
    bearer = slack.workspace.bot_token if token is None else token
    return httpx.get(found["url_private_download"], headers={"Authorization": f"Bearer {bearer}"}, trust_env=False)


def test_a_file_is_for_the_bearer_of_the_token(slack: FakeSlack) -> None:
    file = slack.file("a.log", b"ORA-00060")

    assert download(slack, file).content == b"ORA-00060"
    assert shared(slack, file)["size"] == 9


def test_everybody_else_gets_a_login_page_with_status_200(slack: FakeSlack) -> None:
    file = slack.file("a.log", b"ORA-00060")
    reply = download(slack, file, "xoxb-of-another")

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "Sign in" in reply.text


def test_files_misbehave_on_order(slack: FakeSlack) -> None:
    paged = download(slack, slack.file("a.log", b"x", login_page=True))
    moved = download(slack, slack.file("a.log", b"x", redirect="http://127.0.0.1:9/elsewhere"))
    gone = slack.file("a.log", b"x", gone=True)

    assert "Sign in" in paged.text
    assert (moved.status_code, moved.headers["location"]) == (302, "http://127.0.0.1:9/elsewhere")
    assert shared(slack, gone)["mode"] == "tombstone"
    assert error(client(slack).files_info, file=gone.id) == "file_deleted"


def test_a_file_of_any_size_is_made_up(slack: FakeSlack) -> None:
    file = slack.file("big.log", b"line\n", length=1_000_003, claimed=500_000_000)

    assert shared(slack, file)["size"] == 500_000_000
    assert len(download(slack, file).content) == 1_000_003


def test_a_shared_channels_file_is_a_stub_until_it_is_asked_for(slack: FakeSlack, web: WebClient) -> None:
    file = slack.file("a.log", b"x", stub=True)

    assert shared(slack, file)["file_access"] == "check_file_info"
    assert web.files_info(file=file.id)["file"]["name"] == "a.log"


def trigger(slack: FakeSlack) -> str:
    slack.slash("/ask", "x", ALICE)
    return str(slack.deliveries.log[-1].payload["trigger_id"])


def test_a_trigger_opens_one_modal_within_three_seconds(slack: FakeSlack, web: WebClient) -> None:
    used, late = trigger(slack), trigger(slack)
    opened = web.views_open(trigger_id=used, view=MODAL)["view"]

    assert slack.workspace.modals[ALICE]["id"] == opened["id"]
    assert error(web.views_open, trigger_id=used, view=MODAL) == "exchanged_trigger_id"
    slack.advance(4)
    assert error(web.views_open, trigger_id=late, view=MODAL) == "expired_trigger_id"
    assert error(web.views_open, trigger_id="1.2.x", view=MODAL) == "invalid_trigger_id"


def test_a_home_is_a_home(slack: FakeSlack, web: WebClient) -> None:
    web.views_publish(user_id=BOB, view=HOME)

    assert slack.workspace.homes[BOB]["blocks"] == [SECTION]
    assert error(web.views_publish, user_id=BOB, view=MODAL) == "invalid_arguments"
    assert error(web.views_publish, user_id="U0NOBODY1", view=HOME) == "invalid_arguments"


def answer(web: WebClient, ts: str, question: str, *, final: bool = True) -> None:
    """Reply to a question as Quorum would, with or without its buttons."""
    text = {"type": "plain_text", "text": "Ask a human"}
    button = {"type": "button", "text": text, "action_id": "quorum_escalate", "value": "a"}
    blocks = [{"type": "actions", "elements": [button]}] if final else [SECTION]
    metadata = {"event_type": "quorum_reply", "event_payload": {"question": question}}
    web.chat_postMessage(channel=HELP, thread_ts=ts, text="t", blocks=blocks, metadata=metadata)


def test_lost_and_doubled_questions_are_counted(slack: FakeSlack, web: WebClient) -> None:
    lost, once, twice = (slack.mention(HELP, ALICE, word) for word in ("lost", "once", "twice"))
    answer(web, lost, "q-lost", final=False)
    answer(web, once, "q-once")
    answer(web, twice, "q-twice")
    answer(web, twice, "q-twice")

    assert slack.lost([(HELP, ts) for ts in (lost, once, twice)]) == [(HELP, lost)]
    assert list(slack.doubled()) == ["q-twice"]
    assert slack.answer(HELP, once).question == "q-once"


def test_what_slack_lets_pass_is_remarked(slack: FakeSlack, web: WebClient) -> None:
    slack.workspace.remarks.clear()
    root = slack.message(HELP, ALICE, "root")
    reply = slack.message(HELP, BOB, "reply", root)
    web.chat_postMessage(channel=HELP, text="t", thread_ts=reply, link_names=True)
    web.api_call("chat.postMessage", json={"channel": HELP, "blocks": [SECTION]})

    assert slack.workspace.remarks == [
        "chat.postMessage: thread_ts is the ts of a reply, not of the thread",
        "chat.postMessage: link_names=True",
        "chat.postMessage: blocks without a text for notifications",
    ]


def test_a_bare_ampersand_and_bracket_are_kept_as_entities(slack: FakeSlack, web: WebClient) -> None:
    text = "a & b &amp; c < d <https://h|l> <!here> <@U0ALICE01>"
    ts = web.chat_postMessage(channel=HELP, text=text)["ts"]

    assert slack.one(HELP, ts).text == "a &amp; b &amp; c &lt; d <https://h|l> <!here> <@U0ALICE01>"
    assert slack.one(HELP, ts).pings == ["!here", "@U0ALICE01"]


def test_the_legacy_assistant_opens_a_thread(slack: FakeSlack) -> None:
    ts = slack.assistant(BOB)
    event = slack.deliveries.log[-1].payload["event"]

    assert event["type"] == "assistant_thread_started"
    assert event["assistant_thread"]["thread_ts"] == ts
