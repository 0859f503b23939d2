"""The fake Slack refuses what Slack refuses, in Slack's words, asked by Slack's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP, PRIVATE
from tests.fakes.slack.sdk import client, error, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

METADATA = {"event_type": "quorum_reply", "event_payload": {"question": "q-1"}}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    scopes = set(server.workspace.scopes)
    server.troubles.calm()
    yield server
    server.troubles.calm()
    server.workspace.scopes = scopes
    server.workspace.skew_s = 0.0
    server.workspace.edit_window_s = None
    server.workspace.orphans_surface = False


@pytest.fixture
def web(slack: FakeSlack) -> WebClient:
    return client(slack)


def test_the_token_is_told_who_it_is_and_what_it_may(web: WebClient, slack: FakeSlack) -> None:
    reply = web.auth_test()

    assert (reply["user_id"], reply["bot_id"]) == (slack.workspace.bot_user, slack.workspace.bot_id)
    assert "chat:write" in reply.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "why"),
    [("", "not_authed"), ("xoxb-of-another", "invalid_auth"), ("xapp-fake-app-token", "not_allowed_token_type")],
)
def test_a_wrong_token_is_refused(slack: FakeSlack, token: str, why: str) -> None:
    assert error(client(slack, token).auth_test) == why


def test_a_bot_token_opens_no_socket(web: WebClient, slack: FakeSlack) -> None:
    assert error(web.apps_connections_open, app_token=slack.workspace.bot_token) == "not_allowed_token_type"


def test_a_missing_scope_is_named(web: WebClient, slack: FakeSlack) -> None:
    slack.workspace.scopes.remove("chat:write")
    reply = refusal(web.chat_postMessage, channel=HELP, text="hello")

    assert (reply["error"], reply["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in reply["provided"].split(",")


def test_scopes_of_history_depend_on_the_kind_of_conversation(web: WebClient, slack: FakeSlack) -> None:
    slack.workspace.scopes.remove("groups:history")

    assert refusal(web.conversations_history, channel=PRIVATE)["needed"] == "groups:history"
    assert web.conversations_history(channel=HELP)["ok"]


def test_an_unknown_method_is_named(web: WebClient) -> None:
    assert error(web.api_call, api_method="chat.whisper") == "unknown_method"


def test_methods_that_read_take_no_json(web: WebClient) -> None:
    assert error(web.api_call, api_method="users.info", json={"user": ALICE}) == "invalid_arguments"


def test_forms_and_json_say_the_same(web: WebClient, slack: FakeSlack) -> None:
    blocks = '[{"type": "markdown", "text": "**bold**"}]'
    ts = web.api_call("chat.postMessage", params={"channel": HELP, "text": "t", "blocks": blocks})["ts"]

    assert slack.thread(HELP, ts)[0].shown == "bold"


def test_places_where_the_bot_may_not_post_are_told_apart(web: WebClient, slack: FakeSlack) -> None:
    slack.room("C0AWAY001", "away", bot=False)
    slack.room("C0SECRET1", "secret", "group", bot=False)
    slack.room("C0OLD0001", "old").archived = True
    slack.room("C0READ001", "read").read_only = True
    expected = {
        "C0NOWHERE": "channel_not_found",
        "C0AWAY001": "not_in_channel",
        "C0SECRET1": "channel_not_found",
        "C0OLD0001": "is_archived",
        "C0READ001": "restricted_action_read_only_channel",
    }

    assert {channel: error(web.chat_postMessage, channel=channel, text="x") for channel in expected} == expected


def test_a_deactivated_person_cannot_be_written_to(web: WebClient, slack: FakeSlack) -> None:
    slack.user("U0GONE001", "gone").deleted = True

    assert error(web.chat_postMessage, channel=slack.direct_channel("U0GONE001"), text="x") == "channel_not_found"


def test_threads_that_take_no_reply_say_why(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "locked")
    slack.workspace.channels[HELP].locked.add(ts)

    assert error(web.chat_postMessage, channel=HELP, text="x", thread_ts=ts) == "restricted_action_thread_locked"
    assert error(web.chat_postMessage, channel=HELP, text="x", thread_ts="1700000000.000001") == "thread_not_found"
    assert error(web.chat_postMessage, channel=HELP, text="x", thread_ts="soon") == "invalid_thread_ts"


def test_a_reply_to_a_deleted_message_may_land_in_the_channel(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "never mind")
    slack.delete(HELP, ts)
    slack.workspace.orphans_surface = True
    posted = web.chat_postMessage(channel=HELP, text="x", thread_ts=ts)["ts"]

    assert slack.thread(HELP, posted)[0].thread_ts == ""


def test_a_message_needs_words(web: WebClient) -> None:
    assert error(web.api_call, api_method="chat.postMessage", json={"channel": HELP}) == "no_text"


def test_markdown_stands_alone_and_has_a_limit(web: WebClient) -> None:
    both = error(web.chat_postMessage, channel=HELP, text="x", markdown_text="x")

    assert both == "markdown_text_conflict"
    assert error(web.chat_postMessage, channel=HELP, markdown_text="x" * 12_001) == "msg_too_long"


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ("{", "invalid_metadata_format"),
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"long": "x" * 20_000}}, "metadata_too_large"),
    ],
)
def test_wrong_metadata_are_refused(web: WebClient, metadata: object, why: str) -> None:
    assert error(web.chat_postMessage, channel=HELP, text="x", metadata=metadata) == why


def test_metadata_come_back_only_when_asked_for_and_survive_an_update(web: WebClient, slack: FakeSlack) -> None:
    root = slack.message(HELP, ALICE, "q")
    ts = web.chat_postMessage(channel=HELP, text="…", thread_ts=root, metadata=METADATA)["ts"]
    web.chat_update(channel=HELP, ts=ts, text="done")
    plain = web.conversations_replies(channel=HELP, ts=root)["messages"][1]
    full = web.conversations_replies(channel=HELP, ts=root, include_all_metadata=True)["messages"][1]

    assert "metadata" not in plain
    assert full["metadata"] == METADATA
    assert slack.by_question()["q-1"][-1].shown == "done"


def test_updates_are_stricter_than_posts(web: WebClient, slack: FakeSlack) -> None:
    ts = web.chat_postMessage(channel=HELP, text="x" * 5000)["ts"]
    theirs = slack.message(HELP, BOB, "mine")

    assert error(web.chat_update, channel=HELP, ts=ts, text="x" * 4001) == "msg_too_long"
    assert error(web.chat_update, channel=HELP, ts=theirs, text="x") == "cant_update_message"
    assert error(web.chat_update, channel=HELP, ts="1700000000.000001", text="x") == "message_not_found"
    assert error(web.chat_delete, channel=HELP, ts=theirs) == "cant_delete_message"


def test_the_edit_window_closes(web: WebClient, slack: FakeSlack) -> None:
    ts = web.chat_postMessage(channel=HELP, text="x")["ts"]
    slack.workspace.edit_window_s = 60.0
    slack.advance(61)

    assert error(web.chat_update, channel=HELP, ts=ts, text="y") == "edit_window_closed"


def test_a_text_without_blocks_takes_the_blocks_away(web: WebClient, slack: FakeSlack) -> None:
    ts = web.chat_postMessage(channel=HELP, text="t", blocks=[{"type": "divider"}])["ts"]
    web.chat_update(channel=HELP, ts=ts, text="only this")

    assert slack.thread(HELP, ts)[0].blocks == ()
    assert slack.thread(HELP, ts)[0].versions == ("———", "only this")


def test_whispers_reach_one_person_who_must_be_there(web: WebClient, slack: FakeSlack) -> None:
    slack.user("U0CARL001", "carl")
    web.chat_postEphemeral(channel=HELP, user=ALICE, text="slowly, please")

    assert error(web.chat_postEphemeral, channel=HELP, user="U0CARL001", text="x") == "user_not_in_channel"
    assert [each.shown for each in slack.whispers(ALICE)] == ["slowly, please"]
    assert "slowly, please" not in [each.shown for each in slack.channel(HELP, BOB)]


def test_threads_come_in_pages_with_their_root_on_each(web: WebClient, slack: FakeSlack) -> None:
    root = slack.message(HELP, ALICE, "root")
    said = [slack.message(HELP, BOB, f"reply {n}", root) for n in range(5)]
    pages = [page["messages"] for page in web.conversations_replies(channel=HELP, ts=said[2], limit=2)]

    assert [[each["ts"] for each in page] for page in pages] == [
        [root, *said[:2]],
        [root, *said[2:4]],
        [root, said[4]],
    ]


def test_histories_check_moments_and_cursors(web: WebClient) -> None:
    assert error(web.conversations_history, channel=HELP, latest="soon") == "invalid_ts_latest"
    assert error(web.conversations_history, channel=HELP, oldest="soon") == "invalid_ts_oldest"
    assert error(web.conversations_history, channel=HELP, cursor="!") == "invalid_cursor"
    assert error(web.conversations_replies, channel=HELP, ts="1700000000.000001") == "thread_not_found"


def test_a_history_shows_no_replies(web: WebClient, slack: FakeSlack) -> None:
    slack.room("C0QUIET01", "quiet")
    root = slack.message("C0QUIET01", ALICE, "root")
    slack.message("C0QUIET01", BOB, "reply", root)
    (shown,) = web.conversations_history(channel="C0QUIET01")["messages"]

    assert (shown["ts"], shown["reply_count"]) == (root, 1)


def test_people_groups_and_members_are_found(web: WebClient, slack: FakeSlack) -> None:
    slack.group("S0DBA0001", "dba", ALICE)

    assert web.users_info(user=BOB, include_locale=True)["user"]["locale"] == "zh-CN"
    assert error(web.users_info, user="U0NOBODY1") == "user_not_found"
    assert web.usergroups_users_list(usergroup="S0DBA0001")["users"] == [ALICE]
    assert error(web.usergroups_users_list, usergroup="S0NONE001") == "no_such_subteam"
    assert set(web.conversations_members(channel=PRIVATE)["members"]) == {ALICE, BOB, slack.workspace.bot_user}
    named = web.users_conversations(types="public_channel,private_channel")["channels"]
    assert {HELP, PRIVATE} <= {each["id"] for each in named}


def test_reactions_say_when_there_was_nothing_to_do(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "q")
    web.reactions_add(channel=HELP, timestamp=ts, name="eyes")

    assert error(web.reactions_add, channel=HELP, timestamp=ts, name="eyes") == "already_reacted"
    web.reactions_remove(channel=HELP, timestamp=ts, name="eyes")
    assert error(web.reactions_remove, channel=HELP, timestamp=ts, name="eyes") == "no_reaction"


def test_a_status_ends_by_itself_and_with_a_message(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "q")
    web.assistant_threads_setStatus(channel_id=HELP, thread_ts=ts, status="is thinking…")
    before = slack.status(HELP, ts)
    slack.advance(121)

    assert (before, slack.status(HELP, ts)) == ("is thinking…", "")
    wrong = error(web.assistant_threads_setStatus, channel_id=HELP, thread_ts="1700000000.000001", status="x")
    assert wrong == "invalid_thread_ts"


def test_a_permalink_leads_to_the_message(web: WebClient, slack: FakeSlack) -> None:
    ts = slack.message(HELP, ALICE, "q")

    assert web.chat_getPermalink(channel=HELP, message_ts=ts)["permalink"].endswith(f"/{HELP}/p{ts.replace('.', '')}")
    assert error(web.chat_getPermalink, channel=HELP, message_ts="1700000000.000001") == "message_not_found"
