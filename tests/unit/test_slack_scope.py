"""A channel's questions see what everybody there may see, a person's own what the person may, outsiders little."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import MessengerUnavailableError
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP, PRIVATE
from tests.fakes.slack_gathering import gathering, question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.slack.gathering.gather import Gatherer
    from bot.types import Question

pytestmark = pytest.mark.quick

DBAS = "S0DBAS001"
SHARED = "C0SHARED1"
ACCESS = {
    "open-by-name": ("*",),
    "help-pages": (f"slack:{HELP}",),
    "secret-pages": (f"slack:{PRIVATE}",),
    "alices": (f"slack:{ALICE}",),
    "dba-pages": (f"slack:{DBAS}",),
    "partner-pages": (f"slack:{SHARED}",),
    "finance": ("wecom:department:1",),
}
NAMED = frozenset(ACCESS)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        slack.group(DBAS, "dbas", ALICE)
        slack.room(SHARED, "with-a-partner", members=(ALICE,)).external = True
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
    with gathering(slack, tmp_path, access=ACCESS) as made:
        yield made


def seen(found: Question) -> frozenset[str]:
    """Return the listed collections that a question's search sees; `others` stands for those that are not listed."""
    listed = {*NAMED, "others"} - found.hidden
    return frozenset(listed if found.collections is None else listed & found.collections)


@pytest.mark.parametrize(("channel", "own"), [(HELP, "help-pages"), (PRIVATE, "secret-pages")])
def test_a_channels_question_never_shows_another_channels_documents(
    slack: FakeSlack, gatherer: Gatherer, channel: str, own: str
) -> None:
    slack.mention(channel, ALICE, "what?")

    assert seen(gatherer.gather(question(slack))) == {"others", "open-by-name", own}


def test_a_direct_message_sees_what_its_asker_and_the_askers_groups_may(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.direct(ALICE, "what?")
    alice = gatherer.gather(question(slack))
    slack.direct(BOB, "what?")
    bob = gatherer.gather(question(slack))

    assert seen(alice) == {"others", "open-by-name", "alices", "dba-pages"}
    assert seen(bob) == {"others", "open-by-name"}


def test_a_command_is_answered_to_its_asker_alone_and_sees_both(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.slash("/ask", "what?", ALICE, HELP)

    assert seen(gatherer.gather(question(slack))) == {"others", "open-by-name", "help-pages", "alices", "dba-pages"}


def test_a_channel_shared_with_others_sees_only_what_names_it(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.mention(SHARED, ALICE, "what?")
    found = gatherer.gather(question(slack))
    told = gatherer.gather(replace(question(slack), details={"via": "shortcut", "room": "channel"}))

    assert found.collections == told.collections == {"partner-pages"}
    assert found.notices == ()


def test_an_event_that_says_so_makes_a_channel_external(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.mention(PRIVATE, ALICE, "what?")
    heard = question(slack)
    found = gatherer.gather(replace(heard, details={**heard.details, "external": "1"}))

    assert found.collections == {"secret-pages"}


def test_where_nothing_is_released_nothing_is_searched_and_people_are_told(slack: FakeSlack, tmp_path: Path) -> None:
    slack.mention(SHARED, ALICE, "what?")
    with gathering(slack, tmp_path) as gatherer:
        found = gatherer.gather(question(slack))

    assert found.collections == frozenset()
    assert found.notices == (
        "People of other companies read along here, and no documents are released for this channel.",
    )


def test_a_shared_channel_that_is_treated_as_our_own_sees_what_ours_do(slack: FakeSlack, tmp_path: Path) -> None:
    slack.mention(SHARED, ALICE, "what?")
    with gathering(slack, tmp_path, access=ACCESS, slack={"internal_channels": (SHARED,)}) as gatherer:
        found = gatherer.gather(question(slack))

    assert seen(found) == {"others", "open-by-name", "partner-pages"}


def test_requested_collections_narrow_the_scope(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.mention(HELP, ALICE, "what?")
    found = gatherer.gather(replace(question(slack), collections=frozenset({"help-pages", "secret-pages"})))

    assert seen(found) == {"help-pages"}


def test_without_the_scope_for_user_groups_the_persons_own_are_left(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.workspace.scopes -= {"usergroups:read"}
    slack.direct(ALICE, "what?")

    assert seen(gatherer.gather(question(slack))) == {"others", "open-by-name", "alices"}


def test_a_channel_that_slack_does_not_describe_is_taken_for_shared_unless_an_event_says(
    slack: FakeSlack, gatherer: Gatherer
) -> None:
    slack.workspace.scopes -= {"channels:read"}
    slack.mention(HELP, ALICE, "what?")
    heard = question(slack)
    chosen = gatherer.gather(replace(heard, details={**heard.details, "via": "shortcut"}))

    assert seen(gatherer.gather(heard)) == {"others", "open-by-name", "help-pages"}
    assert chosen.collections == {"help-pages"}


def test_while_slack_is_down_nothing_is_searched_with_a_guess(slack: FakeSlack, gatherer: Gatherer) -> None:
    slack.mention(HELP, ALICE, "what?")
    heard = question(slack)
    slack.troubles.fail("conversations.info", status=503)
    with pytest.raises(MessengerUnavailableError):
        gatherer.gather(heard)


def test_slack_is_not_asked_for_user_groups_where_none_reads_anything(slack: FakeSlack, tmp_path: Path) -> None:
    slack.direct(ALICE, "what?")
    slack.troubles.fail("usergroups.list", times=9, status=503)
    with gathering(slack, tmp_path, access={"alices": (f"slack:{ALICE}",), "bobs": (f"slack:{BOB}",)}) as gatherer:
        found = gatherer.gather(question(slack))

    assert found.hidden == {"bobs"}
