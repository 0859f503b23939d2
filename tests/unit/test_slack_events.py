"""What reaches us from Slack counts when, and only when, a person means us."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.hearing.classifying import classify, thread_of
from adapters.slack.hearing.events import (
    Asked,
    Challenged,
    Commanded,
    HomeOpened,
    Ignored,
    ThreadOpened,
)
from adapters.slack.hearing.posts import Post
from tests.fakes.slack_payloads import TS, US, direct, edit, envelope, mention, message

URL = "https://hooks.slack.com/commands/T1/1/xyz"


def asked(event: dict[str, Any], *, engaged: bool = False) -> Asked:
    found = classify(envelope(event), US, engaged=engaged)
    assert isinstance(found, Asked)
    return found


def reason(event: dict[str, Any], *, engaged: bool = False) -> str:
    found = classify(envelope(event), US, engaged=engaged)
    assert isinstance(found, Ignored)
    return found.reason


def test_a_mention_and_its_message_are_one_question() -> None:
    by_mention, by_message = asked(mention()), asked(message("<@UB0T> why?"))

    assert by_mention == by_message
    assert (by_mention.id, by_mention.event_id, by_mention.text) == (f"slack-T1-C1-{TS}", "Ev1", "why?")
    assert by_mention.post == Post("T1", "C1", "U1", TS, TS)


def test_a_redelivery_is_the_same_question_and_the_next_message_another() -> None:
    first, again, second = asked(mention()), asked(mention()), asked(mention(ts="1700000001.000100"))

    assert first == again
    assert first.id != second.id


def test_two_questions_in_one_thread_are_two_questions() -> None:
    ids = {asked(mention(ts=f"170000000{n}.000100", thread_ts=TS)).id for n in range(1, 4)}

    assert len(ids) == 3


@pytest.mark.parametrize("text", ["监听起不来？", "why?", "怎么办", "no question mark"])
def test_a_question_counts_with_whichever_question_mark_or_none(text: str) -> None:
    assert asked(direct(text)).text == text


def test_the_reply_goes_to_the_root_of_the_thread_in_channels_and_direct_messages() -> None:
    assert asked(mention()).post.thread == TS
    assert asked(mention(thread_ts="1.1")).post.thread == "1.1"
    assert asked(direct()).post.thread == TS
    assert asked(direct(thread_ts="1.1")).post.thread == "1.1"


def test_every_message_in_a_direct_message_is_a_question() -> None:
    found = asked(direct())

    assert (found.via, found.post.room) == ("direct", "im")


def test_a_group_of_people_must_mention_us() -> None:
    assert reason(message(channel="G1", channel_type="mpim")) == "not addressed"
    assert asked(message("<@UB0T> hi", channel="G1", channel_type="mpim")).via == "mention"


def test_unaddressed_channel_talk_is_ignored() -> None:
    assert reason(message("lunch?")) == "not addressed"
    assert reason(message("lunch?", thread_ts="1.1")) == "not addressed"


def test_a_follow_up_without_mention_counts_where_we_are_engaged() -> None:
    found = asked(message("and on Linux?", thread_ts="1.1", user="U7"), engaged=True)

    assert (found.via, found.post.user, found.post.thread) == ("thread", "U7", "1.1")


def test_a_message_beside_the_thread_is_no_follow_up() -> None:
    assert reason(message("lunch?"), engaged=True) == "not addressed"
    assert reason(message("lunch?", thread_ts=TS), engaged=True) == "not addressed"


def test_only_threads_in_channels_ask_whether_we_are_engaged() -> None:
    assert thread_of(envelope(message(thread_ts="1.1"))) == ("T1", "C1", "1.1")
    assert thread_of(envelope(edit("a", "b", thread_ts="1.1"))) == ("T1", "C1", "1.1")
    assert thread_of({"envelope_id": "1", "payload": envelope(message(thread_ts="1.1"))}) == ("T1", "C1", "1.1")
    assert thread_of(envelope(message())) is None
    assert thread_of(envelope(message(thread_ts=TS))) is None
    assert thread_of(envelope(direct(thread_ts="1.1"))) is None
    assert thread_of(envelope(mention(thread_ts="1.1"))) is None
    assert thread_of({"type": "block_actions"}) is None


def test_a_broadcast_reply_is_one_message_of_its_thread() -> None:
    found = asked(message("<@UB0T> x", subtype="thread_broadcast", thread_ts="1.1"))

    assert found.post.thread == "1.1"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"user": "UB0T"}, "own message"),
        ({"bot_id": "BB0T", "user": None}, "own message"),
        ({"user": "USLACKBOT"}, "own message"),
        ({"bot_id": "B2"}, "bot"),
        ({"bot_profile": {"id": "B2"}}, "bot"),
        ({"subtype": "bot_message", "user": None}, "bot"),
        ({"subtype": "channel_join"}, "subtype"),
        ({"subtype": "assistant_app_thread"}, "subtype"),
        ({"subtype": "message_replied"}, "subtype"),
        ({"user": None}, "no author"),
    ],
)
@pytest.mark.parametrize("event", [mention(), direct("<@UB0T> why?"), message("<@UB0T> why?", thread_ts="1.1")])
def test_nobody_but_people_is_answered(event: dict[str, Any], more: dict[str, Any], why: str) -> None:
    assert reason(event | more, engaged=True) == why


def test_a_mention_in_a_code_block_is_no_question() -> None:
    assert reason(mention("```<@UB0T> select 1```")) == "mention in code"
    assert reason(message("`<@UB0T>` is the name")) == "not addressed"


def test_a_bare_mention_is_an_empty_question_and_an_empty_follow_up_is_nothing() -> None:
    assert asked(mention("<@UB0T>")).is_empty
    assert asked(direct("")).is_empty
    assert reason(message("", thread_ts="1.1"), engaged=True) == "empty"


def test_files_without_a_word_are_a_question() -> None:
    files = [
        {"id": "F1", "name": "a.log", "mimetype": "text/plain", "filetype": "text", "mode": "snippet", "size": 12},
        {"id": "F2", "name": "b.png", "url_private": "https://files.slack.com/b", "file_access": "check_file_info"},
        {"id": "F3", "mode": "tombstone"},
    ]

    found = asked(direct("", subtype="file_share", files=files))

    assert not found.is_empty
    assert [each.name for each in found.files] == ["a.log", "b.png", "F3"]
    assert [each.is_stub for each in found.files] == [False, True, False]
    assert found.files[1].url == "https://files.slack.com/b"


def test_a_channel_shared_with_another_company_is_external() -> None:
    found = classify(envelope(mention(), is_ext_shared_channel=True), US)

    assert isinstance(found, Asked)
    assert found.post.is_external


@pytest.mark.parametrize("text", ["<@UB0T|Big Bot Name> /help", "<@UB0T> help", "<@UB0T> /quorum", "<@UB0T> 帮助"])
def test_a_command_after_a_mention_is_understood(text: str) -> None:
    found = classify(envelope(mention(text)), US)

    assert isinstance(found, Commanded)
    assert (found.name, found.post.thread) == ("help", TS)


def test_a_word_that_is_also_a_command_asks_unless_it_has_a_slash() -> None:
    assert asked(mention("<@UB0T> status")).text == "status"
    assert isinstance(classify(envelope(mention("<@UB0T> /status")), US), Commanded)


def test_somebody_opens_the_home_tab_or_our_messages() -> None:
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1"}

    assert classify(envelope(event | {"tab": "home"}), US) == HomeOpened("U1", "T1", "home", "D1")
    assert classify(envelope(event | {"tab": "messages"}), US) == HomeOpened("U1", "T1", "messages", "D1")


def test_somebody_opens_the_legacy_assistant() -> None:
    thread = {"user_id": "U1", "channel_id": "D1", "thread_ts": "1.1", "context": {}}
    event = {"type": "assistant_thread_started", "assistant_thread": thread}

    assert classify(envelope(event), US) == ThreadOpened("U1", "T1", "D1", "1.1")


@pytest.mark.parametrize(
    "kind", ["assistant_thread_context_changed", "app_context_changed", "file_shared", "member_joined_channel", "new"]
)
def test_every_other_event_is_ignored_by_its_name(kind: str) -> None:
    assert classify(envelope({"type": kind}), US) == Ignored(kind)


@pytest.mark.parametrize("kind", ["app_rate_limited", "view_submission", "view_closed", "shortcut", "block_suggestion"])
def test_every_other_payload_is_ignored_by_its_name(kind: str) -> None:
    assert classify({"type": kind}, US) == Ignored(kind)


def test_slack_s_checks_of_our_address_are_known() -> None:
    assert classify({"type": "url_verification", "challenge": "abc"}, US) == Challenged("abc")
    assert classify({"ssl_check": "1", "token": "x"}, US) == Ignored("ssl_check")


@pytest.mark.parametrize(
    "payload", [envelope(mention()), {"command": "/ask", "text": "why?", "trigger_id": "1.2"}, {"type": "view_closed"}]
)
def test_socket_mode_brings_the_same(payload: dict[str, Any]) -> None:
    wrapped = {"envelope_id": "E1", "type": "events_api", "payload": payload, "retry_attempt": 1}

    assert classify(wrapped, US) == classify(payload, US)


def test_texts_and_response_urls_do_not_show_in_what_logs_may_print() -> None:
    form = {"command": "/ask", "text": "the secret", "trigger_id": "1.2", "response_url": URL}
    shown = repr(classify(form, US)) + repr(asked(mention("<@UB0T> the secret")))

    assert "secret" not in shown
    assert "hooks" not in shown


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(["type", "user", "ts", "text", "thread_ts", "id", "x"]), inner),
    max_leaves=8,
)


@given(st.sampled_from(["event_callback", "block_actions", "message_action", "odd"]), JSON)
def test_an_odd_payload_is_ignored_and_never_an_error(kind: str, inner: Any) -> None:  # noqa: ANN401 - JSON
    event = inner if isinstance(inner, dict) else {}

    classify({"type": kind, "event": event, "message": event, "actions": [event]}, US)
