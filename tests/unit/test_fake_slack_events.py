"""The fake Slack delivers as Slack does: signed, again until acknowledged, over HTTP or over a socket."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.envelopes import signature
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack.sdk import client
from tests.fakes.web_server import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest
    from starlette.requests import Request

JSON = dict[str, Any]
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
PUBLISHED = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
    "https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
"""Slack's own example (docs.slack.dev, "Verifying requests from Slack")."""


class App:
    """An app's endpoint: it keeps what came, and answers with the replies in order, then with 200."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.replies: list[Response] = []
        self._lock = threading.Lock()

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        with self._lock:
            self.came.append((dict(request.headers), body))
            return self.replies.pop(0) if self.replies else PlainTextResponse("")

    def events(self, kind: str) -> list[JSON]:
        bodies = [json.loads(body) for headers, body in self.came if headers["content-type"] == "application/json"]
        return [each for each in bodies if each["event"]["type"] == kind]


@pytest.fixture
def app() -> Iterator[tuple[App, str]]:
    app = App()
    with served(Starlette(routes=[Route("/slack/events", app.answer, methods=["POST"])])) as url:
        yield app, f"{url}/slack/events"


@pytest.fixture
def slack(app: tuple[App, str]) -> Iterator[FakeSlack]:
    with FakeSlack(app[1], retries_s=(0.05, 0.05, 0.05)) as slack:
        yield slack


def test_the_published_example_is_signed_as_published() -> None:
    signed = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

    assert signature(SECRET, "1531420618", PUBLISHED.encode()) == signed


def test_deliveries_pass_slacks_own_verifier_unless_forged_or_late(app: tuple[App, str], slack: FakeSlack) -> None:
    verifier = SignatureVerifier(slack.workspace.signing_secret)
    slack.post(b'{"n": 1}')
    slack.deliveries.forged = True
    slack.post(b'{"n": 2}')
    slack.deliveries.forged, slack.deliveries.late_s = False, 301
    slack.post(b'{"n": 3}')

    assert [verifier.is_valid_request(body, headers) for headers, body in app[0].came] == [True, False, False]


def test_a_mention_comes_twice_by_type_with_different_event_ids(app: tuple[App, str], slack: FakeSlack) -> None:
    ts = slack.mention(HELP, ALICE, "why?")
    slack.settle()
    (mention,), (message,) = app[0].events("app_mention"), app[0].events("message")

    assert mention["event"]["ts"] == message["event"]["ts"] == ts
    assert mention["event_id"] != message["event_id"]
    assert "channel_type" not in mention["event"]
    assert message["event"]["channel_type"] == "channel"
    assert message["event"]["client_msg_id"]


def test_direct_messages_mention_nobody(app: tuple[App, str], slack: FakeSlack) -> None:
    slack.direct(BOB, f"<@{slack.workspace.bot_user}> hello")
    slack.settle()

    assert app[0].events("app_mention") == []
    assert [each["event"]["channel_type"] for each in app[0].events("message")] == ["im"]


def test_rooms_without_the_bot_and_missing_scopes_are_silent(app: tuple[App, str], slack: FakeSlack) -> None:
    slack.room("C0AWAY001", "away", bot=False)
    slack.mention("C0AWAY001", ALICE, "anyone?")
    slack.workspace.scopes.remove("channels:history")
    slack.mention(HELP, ALICE, "why?")
    slack.settle()

    assert app[0].events("message") == []
    assert len(app[0].events("app_mention")) == 1


def test_a_delivery_that_fails_comes_again_with_the_same_id(app: tuple[App, str], slack: FakeSlack) -> None:
    app[0].replies = [PlainTextResponse("", 503), PlainTextResponse("", 500)]
    slack.direct(ALICE, "hello?")
    slack.settle()
    numbers = [headers.get("x-slack-retry-num") for headers, _ in app[0].came]
    reasons = [headers.get("x-slack-retry-reason") for headers, _ in app[0].came]

    assert numbers == [None, "1", "2"]
    assert reasons == [None, "http_error", "http_error"]
    assert len({each["event_id"] for each in app[0].events("message")}) == 1


def test_no_retry_is_obeyed(app: tuple[App, str], slack: FakeSlack) -> None:
    app[0].replies = [PlainTextResponse("", 400, {"X-Slack-No-Retry": "1"})]
    slack.direct(ALICE, "hello?")
    slack.settle()

    assert len(app[0].came) == 1


def test_copies_come_at_the_same_time(app: tuple[App, str], slack: FakeSlack) -> None:
    slack.deliveries.copies = 4
    slack.direct(ALICE, "hello?")
    slack.settle()

    assert sorted(headers.get("x-slack-retry-num", "0") for headers, _ in app[0].came) == ["0", "1", "2", "3"]


def test_held_events_come_in_another_order(app: tuple[App, str], slack: FakeSlack) -> None:
    slack.deliveries.held = []
    asked = [slack.direct(ALICE, f"{n}") for n in range(3)]
    slack.deliveries.release(shuffled=True)
    slack.settle()

    assert sorted(each["event"]["ts"] for each in app[0].events("message")) == asked


def test_edits_unfurls_and_deletions_are_told_apart(app: tuple[App, str], slack: FakeSlack) -> None:
    ts = slack.direct(ALICE, "helo")
    place = slack.direct_channel(ALICE)
    slack.settle()
    for change in (lambda: slack.unfurl(place, ts), lambda: slack.edit(place, ts, "hello")):
        change()
        slack.settle()
    slack.delete(place, ts)
    slack.settle()
    _, unfurled, edited, deleted = [each["event"] for each in app[0].events("message")]

    assert "edited" not in unfurled["message"]
    assert (edited["message"]["text"], edited["previous_message"]["text"]) == ("hello", "helo")
    assert edited["message"]["edited"]["user"] == ALICE
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


def test_a_root_with_replies_becomes_a_tombstone_until_they_are_gone(app: tuple[App, str], slack: FakeSlack) -> None:
    web = client(slack)
    ts = slack.direct(ALICE, "never mind")
    place = slack.direct_channel(ALICE)
    mine = web.chat_postMessage(channel=place, thread_ts=ts, text="…")["ts"]
    slack.settle()
    slack.delete(place, ts)
    slack.settle()
    change = app[0].events("message")[-1]["event"]
    web.chat_delete(channel=place, ts=mine)
    slack.settle()

    assert (change["subtype"], change["message"]["subtype"]) == ("message_changed", "tombstone")
    assert "edited" not in change["message"]
    assert {each["event"].get("deleted_ts") for each in app[0].events("message")} == {None, mine, ts}


def test_a_click_waits_for_its_reply(app: tuple[App, str], slack: FakeSlack) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Human"}, "action_id": "ask", "value": "q-1"}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = client(slack).chat_postMessage(channel=HELP, text="t", blocks=blocks)["ts"]
    slack.settle()
    app[0].replies = [PlainTextResponse("", 200)]
    delivery = slack.click(slack.one(HELP, ts), "ask", user=BOB)
    payload = json.loads(parse_qs(app[0].came[-1][1].decode())["payload"][0])

    assert delivery.status == 200
    assert (payload["user"]["id"], payload["actions"][0]["value"]) == (BOB, "q-1")
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts


def test_a_command_is_answered_at_once_or_five_times_later(app: tuple[App, str], slack: FakeSlack) -> None:
    app[0].replies = [PlainTextResponse("Ask with /ask")]
    slack.slash("/quorum", "help", ALICE)
    url = parse_qs(app[0].came[-1][1].decode())["response_url"][0]
    statuses = [_answer(url, {"text": f"later {n}"}) for n in range(5)]

    assert statuses == [200, 200, 200, 200, 404]
    assert [each.shown for each in slack.whispers(ALICE)][:2] == ["Ask with /ask", "later 0"]


def _answer(url: str, values: JSON) -> int:
    import httpx

    return httpx.post(url, json=values, trust_env=False).status_code


@pytest.fixture
def socket() -> Iterator[tuple[FakeSlack, list[SocketModeRequest], SocketModeClient]]:
    """A Slack without an address to post to, and Slack's own client that acknowledges everything but "ignore"."""
    came: list[SocketModeRequest] = []

    def take(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        came.append(request)
        if "ignore" not in json.dumps(request.payload):
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    with FakeSlack(retries_s=(0.05,)) as slack:
        mode = SocketModeClient(slack.workspace.app_token, web_client=client(slack), ping_interval=0.5)
        mode.socket_mode_request_listeners.append(take)  # type: ignore[arg-type]
        mode.connect()
        until(lambda: slack.sockets.open, "a socket is open")
        yield slack, came, mode
        mode.close()


def test_a_socket_gets_every_event_once(socket: tuple[FakeSlack, list[SocketModeRequest], SocketModeClient]) -> None:
    slack, came, _ = socket
    slack.mention(HELP, ALICE, "why?")
    slack.settle()

    assert sorted(each.payload["event"]["type"] for each in came) == ["app_mention", "message"]
    assert {each.retry_attempt for each in came} == {0}


def test_what_a_socket_lost_comes_again(socket: tuple[FakeSlack, list[SocketModeRequest], SocketModeClient]) -> None:
    slack, came, _ = socket
    slack.sockets.drop_next = 1
    slack.direct(ALICE, "hello?")
    slack.settle()

    assert slack.deliveries.log[-1].status == 200
    assert slack.sockets.connected == 2
    assert len({each.payload["event_id"] for each in came}) == 1


def test_a_refresh_leads_to_a_new_connection(
    socket: tuple[FakeSlack, list[SocketModeRequest], SocketModeClient],
) -> None:
    slack, came, _ = socket
    slack.refresh_sockets()
    until(lambda: slack.sockets.open, "the socket is open again")
    slack.direct(ALICE, "still there?")
    slack.settle()

    assert len(came) == 1
    assert slack.sockets.connected == 2


def test_a_command_over_a_socket_is_answered_in_the_acknowledgement(
    socket: tuple[FakeSlack, list[SocketModeRequest], SocketModeClient],
) -> None:
    slack, _, mode = socket
    mode.socket_mode_request_listeners[:] = [
        lambda client, request: client.send_socket_mode_response(
            SocketModeResponse(request.envelope_id, {"text": "Ask with /ask"})
        )
    ]
    slack.slash("/quorum", "help", ALICE)

    assert [each.shown for each in slack.whispers(ALICE)] == ["Ask with /ask"]
