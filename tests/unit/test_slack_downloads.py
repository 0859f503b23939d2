"""Files come from Slack's hosts alone and as they were announced, or the reply names them with the reason."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from adapters.slack.gathering import downloading
from adapters.slack.gathering.downloading import MAX_BYTES
from bot.errors import MessengerBusyError, MessengerUnavailableError
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_gathering import asked, gathering, notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.slack.gathering.gather import Gatherer

LINE = "2026-07-01 数据库报错：ORA-01555 快照过旧，请检查回滚段的保留时间"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    yield server
    server.troubles.calm()


@pytest.fixture
def gatherer(slack: FakeSlack, tmp_path: Path) -> Iterator[Gatherer]:
    with gathering(slack, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"login_page": True}, "a page came instead of the file"),
        ({"claimed": 7}, "it came with another size than announced"),
        ({"gone": True}, "it was deleted, or is no longer shared"),
        ({"mode": "hidden_by_limit"}, "the workspace's plan hides it"),
        ({"mode": "external"}, "it lies with another service"),
        ({"length": MAX_BYTES + 1, "claimed": 1_000}, "it is too large: at most 20 MB are read"),
        ({"stub": True, "gone": True}, "it was deleted, or is no longer shared"),
        ({"redirect": "http://127.0.0.1:9/elsewhere"}, "it lies with another service"),
    ],
)
def test_a_file_that_does_not_come_as_announced_is_named_with_the_reason(
    slack: FakeSlack, gatherer: Gatherer, fields: dict[str, object], reason: str
) -> None:
    found = gatherer.gather(asked(slack, slack.file("a.log", b"ORA-01555", **fields)))

    assert notice(found).partition(" could not be read: ")[2].startswith(reason)
    assert found.text == "what is this?"


def test_a_file_of_500_megabytes_is_not_even_begun(slack: FakeSlack, gatherer: Gatherer) -> None:
    before = len(slack.recording.of("files-pri"))
    found = gatherer.gather(asked(slack, slack.file("big.log", b"line\n", length=500_000_000)))

    assert notice(found).startswith("“big.log” could not be read: it is too large")
    assert len(slack.recording.of("files-pri")) == before


def test_a_file_that_was_revoked_since_is_named(slack: FakeSlack, gatherer: Gatherer) -> None:
    file = slack.file("a.log", b"x")
    heard = asked(slack, file)
    file.gone = True

    assert "it was deleted, or is no longer shared" in notice(gatherer.gather(heard))


def test_a_token_without_the_scope_is_told_from_an_outage(slack: FakeSlack, gatherer: Gatherer) -> None:
    heard = asked(slack, slack.file("a.log", b"x"), slack.file("b.log", b"x", stub=True))
    scopes = slack.workspace.scopes
    slack.workspace.scopes = scopes - {"files:read"}
    found = gatherer.gather(heard)
    slack.workspace.scopes = scopes

    assert ["a page came" in each or "access to it was denied" in each for each in found.notices] == [True, True]


def test_the_stub_of_a_shared_channel_is_asked_for_first(slack: FakeSlack, gatherer: Gatherer) -> None:
    found = gatherer.gather(asked(slack, slack.file("a.log", b"ORA-01555", stub=True)))

    assert found.text.endswith("a.log:\nORA-01555")


def test_a_page_that_somebody_shared_is_a_file_and_no_login(slack: FakeSlack, gatherer: Gatherer) -> None:
    content = b"<html><body><p>ORA-01555 explained</p></body></html>"
    found = gatherer.gather(asked(slack, slack.file("page.html", content, mimetype="text/html")))

    assert "ORA-01555 explained" in found.text


class Elsewhere(BaseHTTPRequestHandler):
    """Another host, which remembers what it was asked."""

    asked: list[str | None]

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("authorization"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def another_host() -> Iterator[tuple[str, list[str | None]]]:
    kind = type("Here", (Elsewhere,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/a.log", kind.asked
        http.shutdown()
        thread.join()


def test_no_token_goes_to_another_host(slack: FakeSlack, gatherer: Gatherer) -> None:
    with another_host() as (url, came):
        moved = gatherer.gather(asked(slack, slack.file("a.log", b"x", redirect=url)))
        heard = asked(slack, slack.file("a.log", b"x"))
        given = gatherer.gather(replace(heard, attachments=(replace(heard.attachments[0], url=url),)))

    assert came == []
    assert "another service" in notice(moved)
    assert "another service" in notice(given)


def test_a_redirect_to_another_host_of_slack_takes_no_token_along(
    slack: FakeSlack, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "is_slacks", lambda *_: True)
    with another_host() as (url, came):
        gatherer.gather(asked(slack, slack.file("a.log", b"x", redirect=url)))

    assert came == [None]


def test_a_redirect_within_slack_is_followed_and_an_endless_one_left(slack: FakeSlack, gatherer: Gatherer) -> None:
    target = slack.file("a.log", b"moved")
    address = f"{slack.workspace.address}/files-pri/{slack.workspace.team}-{target.id}/a.log"
    circle = slack.file("b.log", b"x")
    circle.redirect = f"{slack.workspace.address}/files-pri/{slack.workspace.team}-{circle.id}/b.log"
    found = gatherer.gather(asked(slack, slack.file("a.log", b"moved", redirect=address), circle))

    assert found.text.endswith("a.log:\nmoved")
    assert "“b.log” could not be read: it could not be fetched" in notice(found)


def test_while_slack_is_down_the_question_waits(slack: FakeSlack, gatherer: Gatherer) -> None:
    heard = asked(slack, slack.file("a.log", b"x"))
    slack.troubles.fail("files-pri", status=503)
    with pytest.raises(MessengerUnavailableError):
        gatherer.gather(heard)
    slack.troubles.reset("files-pri")
    with pytest.raises(MessengerUnavailableError):
        gatherer.gather(heard)
    slack.troubles.limit("files-pri", 30)
    with pytest.raises(MessengerBusyError) as busy:
        gatherer.gather(heard)

    assert busy.value.delay_s > 25


def test_after_long_a_file_is_named_and_not_waited_for(slack: FakeSlack, gatherer: Gatherer) -> None:
    heard = asked(slack, slack.file("a.log", b"x"))
    slack.troubles.fail("files-pri", 2)
    found = gatherer.gather(replace(heard, asked_at=time.time() - 3_600))

    assert "it could not be fetched" in notice(found)
