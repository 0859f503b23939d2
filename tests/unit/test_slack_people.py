"""Who we are, who others are and who reads along is asked of Slack, and kept for a while."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.calling.people import People
from bot.backends.sqlite import SqliteStore
from bot.errors import MessengerRefusedError
from bot.settings import Slack
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.quick


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


def test_who_we_are_is_asked_once_a_day_for_all_processes(slack: FakeSlack, store: SqliteStore) -> None:
    token, before = slack.workspace.bot_token, calls(slack, "auth.test")
    first, second = (Identifying(made(slack, store), store, token).ours() for _ in range(2))

    assert first == second
    assert (first.user, first.bot, first.team) == ("U0QUORUM1", "B0QUORUM1", "T0QUORUM1")
    assert "chat:write" in first.scopes
    assert calls(slack, "auth.test") - before == 1


def test_another_token_has_another_identity(slack: FakeSlack, store: SqliteStore) -> None:
    Identifying(made(slack, store), store, slack.workspace.bot_token).ours()
    stranger = Identifying(made(slack, store, bot_token="xoxb-other"), store, "xoxb-other")

    with pytest.raises(MessengerRefusedError, match="invalid_auth"):
        stranger.ours()


def test_people_groups_and_channels_are_asked_for_once_in_a_while(
    api: SlackApi, slack: FakeSlack, store: SqliteStore
) -> None:
    slack.group("S0DBA", "dba", BOB)
    slack.room("C0SHARED", "with-others", members=(ALICE,)).external = True
    before = len(slack.requests)
    for people in (People(api, store), People(api, store)):
        assert (people.name(ALICE), people.person(BOB).language) == ("alice", "zh")
        assert (people.groups(BOB), people.groups(ALICE)) == ({"S0DBA"}, frozenset())
        assert (people.channel("C0SHARED").is_external, people.channel(HELP).is_external) == (True, False)

    assert len(slack.requests) - before == 5


def test_somebody_unknown_goes_by_the_id(api: SlackApi, store: SqliteStore) -> None:
    assert People(api, store).name("U0NOBODY") == "U0NOBODY"


def test_a_missing_scope_is_said_and_not_taken_for_an_answer(
    api: SlackApi, slack: FakeSlack, store: SqliteStore
) -> None:
    slack.workspace.scopes -= {"usergroups:read"}

    with pytest.raises(MessengerRefusedError, match="missing_scope"):
        People(api, store).groups(BOB)
