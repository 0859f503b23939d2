"""Whatever comes back from Slack is understood, or taken for no reply."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.slack.calling.client import SlackApi
from bot.backends.sqlite import SqliteStore
from bot.errors import MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.settings import Slack
from tests.fakes.http_server import HttpServer, Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "the-secret-words"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "state.db")) as found:
        yield found


class Odd(HttpServer):
    """Says one thing to everything."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said

    def answer(self, method: str, path: str, body: object) -> Said:  # noqa: ARG002 - it does not listen
        return self.said


ODD = [
    Said(200, []),
    Said(200, ["ok"]),
    Said(200, "ok"),
    Said(200, value=None),
    Said(200, b""),
    Said(200, b"\xff\xfe"),
    Said(200, {"ok": False}),
    Said(200, {"ok": False, "error": "internal_error"}),
    Said(200, {"ok": False, "error": "the-secret-words of <!DOCTYPE"}),
    Said(200, {}, lost=True),
    Said(503, b"the-secret-words"),
    Said(403, b"<html>the-secret-words</html>"),
]


@pytest.mark.parametrize("said", ODD, ids=lambda said: f"{said.status} {said.value!r}"[:40])
def test_an_odd_reply_is_no_reply(store: SqliteStore, said: Said) -> None:
    with Odd(said) as server:
        api = SlackApi(Slack(bot_token="xoxb-1", api_url=f"{server.url}/api/"), store)
        with pytest.raises(MessengerUnavailableError) as failed:
            api.call("api.test")

    assert SECRET not in str(failed.value)


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited"])
def test_a_limit_that_is_said_without_429_is_kept_too(store: SqliteStore, error: str) -> None:
    with Odd(Said(200, {"ok": False, "error": error}, {"Retry-After": "7"})) as server:
        api = SlackApi(Slack(bot_token="xoxb-1", api_url=f"{server.url}/api/"), store)
        with pytest.raises(MessengerBusyError) as busy:
            api.call("api.test")

    assert busy.value.delay_s == 7.0


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(200, b"ok"), None),
        (Said(200, {"ok": True}), None),
        (Said(200, b""), None),
        (Said(500, b""), MessengerBusyError),
        (Said(502, b"ok"), MessengerBusyError),
        (Said(404, b"no_service"), MessengerRefusedError),
        (Said(410, b"<html>gone</html>"), MessengerRefusedError),
        (Said(200, {"ok": False, "error": "invalid_blocks"}), MessengerRefusedError),
        (Said(200, {}, lost=True), MessengerUnavailableError),
    ],
    ids=lambda each: f"{each.status} {each.value!r}"[:40] if isinstance(each, Said) else "",
)
def test_what_a_response_url_says_is_understood(store: SqliteStore, said: Said, error: type[Exception] | None) -> None:
    with Odd(said) as server:
        api = SlackApi(Slack(bot_token="xoxb-1", api_url=f"{server.url}/api/"), store)
        raised = None
        try:
            api.respond(f"{server.url}/response/1", {"text": "for you alone"})
        except (MessengerUnavailableError, MessengerRefusedError) as exc:
            raised = type(exc)

    assert raised is error
