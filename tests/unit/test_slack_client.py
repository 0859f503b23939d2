"""Slack is called once a call; pauses are kept, errors are ours, and nothing of what is said reaches a log."""

from __future__ import annotations

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.slack.calling import pauses
from adapters.slack.calling.addresses import is_slacks
from adapters.slack.calling.client import SlackApi
from bot.backends.sqlite import SqliteStore
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.settings import Slack
from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP, PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "the-secret-words"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    scopes = set(server.workspace.scopes)
    server.troubles.calm()
    server.troubles.early.clear()
    yield server
    server.troubles.calm()
    server.workspace.scopes = scopes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "state.db")) as found:
        yield found


@pytest.fixture
def api(slack: FakeSlack, store: SqliteStore) -> SlackApi:
    return made(slack, store)


def made(slack: FakeSlack, store: SqliteStore, **settings: str) -> SlackApi:
    given = {"bot_token": slack.workspace.bot_token, "api_url": slack.api_url} | settings
    return SlackApi(Slack.model_validate(given), store)


def calls(slack: FakeSlack, method: str) -> int:
    return len(slack.recording.of(method))


def test_a_call_returns_what_slack_says(api: SlackApi, slack: FakeSlack) -> None:
    posted = api.call("chat.postMessage", channel=HELP, text="hello", metadata=None, unfurl_links=False)

    assert slack.one(HELP, posted["ts"]).shown == "hello"


def test_every_page_is_asked_for(api: SlackApi, slack: FakeSlack) -> None:
    root = slack.message(HELP, ALICE, "a long thread")
    for number in range(250):
        slack.message(HELP, BOB, f"reply {number}", root)
    found = [
        each["ts"] for page in api.pages("conversations.replies", channel=HELP, ts=root) for each in page["messages"]
    ]

    assert len(set(found)) == 251


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_slack_that_is_not_well_may_be_asked_again(api: SlackApi, slack: FakeSlack, status: int) -> None:
    slack.troubles.fail("chat.postMessage", status=status)

    with pytest.raises(MessengerUnavailableError, match=f"HTTP {status}"):
        api.call("chat.postMessage", channel=HELP, text="hello")


def test_a_lost_reply_is_not_tried_again_behind_our_back(api: SlackApi, slack: FakeSlack) -> None:
    before = calls(slack, "chat.postMessage")
    slack.troubles.reset("chat.postMessage")
    with pytest.raises(MessengerUnavailableError):
        api.call("chat.postMessage", channel=HELP, text="said once")

    assert calls(slack, "chat.postMessage") - before == 1


def test_a_page_of_html_is_no_reply(api: SlackApi, slack: FakeSlack) -> None:
    slack.troubles.page("chat.postMessage")

    with pytest.raises(MessengerUnavailableError, match=r"^Slack did not answer chat.postMessage: HTTP 200$"):
        api.call("chat.postMessage", channel=HELP, text="hello")


def test_a_slack_that_hangs_is_given_up_in_time(
    api: SlackApi, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api._client, "timeout", 0.2)
    slack.troubles.slow("api.test", 1.0)

    with pytest.raises(MessengerUnavailableError, match="Timeout"):
        api.call("api.test")


def test_a_slack_that_is_down_did_nothing_and_may_be_asked_again(slack: FakeSlack, store: SqliteStore) -> None:
    api = made(slack, store, api_url="http://127.0.0.1:9/api/")

    for _ in range(2):
        with pytest.raises(MessengerBusyError, match=r"^Slack did not answer api.test: URLError$"):
            api.call("api.test")


def test_a_refusal_carries_slacks_word(api: SlackApi) -> None:
    with pytest.raises(MessengerRefusedError) as refused:
        api.call("chat.postMessage", channel="C0NOWHERE", text="hello")

    assert refused.value.code == "channel_not_found"


def test_a_pause_is_kept_by_every_process_and_holds_for_one_channel_alone(
    api: SlackApi, slack: FakeSlack, store: SqliteStore
) -> None:
    slack.troubles.limit("chat.postMessage", 1, HELP)
    with pytest.raises(MessengerBusyError) as busy:
        api.call("chat.postMessage", channel=HELP, text="one")
    before = calls(slack, "chat.postMessage")
    other = made(slack, store)
    with pytest.raises(MessengerBusyError) as still:
        other.call("chat.postMessage", channel=HELP, text="two")

    assert (busy.value.delay_s, calls(slack, "chat.postMessage") - before) == (1.0, 0)
    assert 0 < still.value.delay_s <= 1.0
    assert other.call("chat.postMessage", channel=PRIVATE, text="another place")["ok"]
    assert until(lambda: posts_again(other), "the pause ends", 5.0)
    assert slack.troubles.early == []


def posts_again(api: SlackApi) -> bool:
    try:
        return bool(api.call("chat.postMessage", channel=HELP, text="three")["ok"])
    except MessengerBusyError:
        return False


def test_a_pause_of_other_methods_holds_for_all_channels(api: SlackApi, slack: FakeSlack) -> None:
    slack.troubles.limit("conversations.info", 5, HELP)
    with pytest.raises(MessengerBusyError):
        api.call("conversations.info", channel=HELP)

    with pytest.raises(MessengerBusyError):
        api.call("conversations.info", channel=PRIVATE)


def test_calls_that_wait_learn_of_a_pause_before_they_are_made(
    api: SlackApi, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "WAIT_S", 10.0)
    before = calls(slack, "chat.postMessage")
    slack.troubles.limit("chat.postMessage", 5, HELP)
    with ThreadPoolExecutor(8) as threads:
        posted = list(threads.map(lambda _: posts_again(api), range(8)))

    assert (posted, slack.troubles.early) == ([False] * 8, [])
    assert calls(slack, "chat.postMessage") - before == 1


def test_a_slow_call_does_not_hold_up_another(api: SlackApi, slack: FakeSlack) -> None:
    before = calls(slack, "chat.postMessage")
    slack.troubles.slow("chat.postMessage", 2.0)
    slow = threading.Thread(target=posts_again, args=(api,))
    slow.start()
    until(lambda: calls(slack, "chat.postMessage") > before, "the slow call is made")

    assert posts_again(api)
    assert slow.is_alive()
    slow.join()


def test_a_response_url_is_answered(api: SlackApi, slack: FakeSlack) -> None:
    api.respond(slack.responses.make(HELP, ALICE), {"text": "for you alone", "response_type": "ephemeral"})

    assert [each.shown for each in slack.whispers(ALICE)][-1] == "for you alone"


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ("limit", MessengerBusyError),
        ("fail", MessengerBusyError),
        ("page", MessengerBusyError),
        ("reset", MessengerUnavailableError),
    ],
)
def test_troubles_of_a_response_url_are_told_like_those_of_a_call(
    api: SlackApi, slack: FakeSlack, order: str, error: type[Exception]
) -> None:
    getattr(slack.troubles, order)("response_url")

    with pytest.raises(MessengerUnavailableError) as failed:
        api.respond(slack.responses.make(HELP, ALICE), {"text": "for you alone"})

    assert type(failed.value) is error


def test_a_response_url_that_is_over_is_refused(api: SlackApi, slack: FakeSlack) -> None:
    with pytest.raises(MessengerRefusedError) as refused:
        api.respond(f"{slack.server.address}/response/unknown", {"text": "too late"})

    assert refused.value.code == "expired_url"


def test_nothing_is_sent_to_a_response_url_elsewhere(api: SlackApi) -> None:
    with pytest.raises(MessengerRefusedError, match="foreign_url"):
        api.respond("https://hooks.example.com/commands/1", {"text": "for you alone"})


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://hooks.slack.com/commands/T/1/x", True),
        ("https://files.slack.com/files-pri/T-F/log.txt", True),
        ("https://slack.com/files", True),
        ("http://127.0.0.1:80/response/1", True),
        ("http://127.0.0.1:81/response/1", False),
        ("http://hooks.slack.com/commands", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("https://slack.com@evil.example/x", False),
        ("https://user:word@files.slack.com/x", False),
        ("https://files.slack.com:8443/x", False),
        ("https://[slack.com/x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_slacks_own_addresses_are_used(url: str, *, ours: bool) -> None:
    assert is_slacks(url, "http://127.0.0.1:80/api/") is ours


def test_no_text_token_or_address_reaches_a_log(
    api: SlackApi, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = slack.responses.make(HELP, ALICE)
    said = {"channel": HELP, "text": SECRET}
    messages: list[str] = []
    for order in ("fail", "reset", "page", "limit"):
        for method, do in (("response_url", lambda: api.respond(url, said)), ("chat.postMessage", post(api, said))):
            slack.troubles.calm()
            getattr(slack.troubles, order)(method)
            with pytest.raises((MessengerUnavailableError, MessengerRefusedError)) as failed:
                do()
            messages.append(str(failed.value))
    logged = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn"))

    assert not re.search(f"{SECRET}|xoxb|/response/|Sign in", logged + "\n".join(messages))


def post(api: SlackApi, said: dict[str, str]) -> Callable[[], object]:
    return lambda: api.call("chat.postMessage", **said)
