"""Edits and deletions in Slack count when people made them, and name the question that they change."""

from __future__ import annotations

from typing import Any

from adapters.slack.hearing.classifying import classify
from adapters.slack.hearing.events import Deleted, Edited, Ignored
from tests.fakes.slack_payloads import TS, US, changed, direct, edit, envelope, message

QUESTION = f"slack-T1-C1-{TS}"


def reason(event: dict[str, Any]) -> str:
    found = classify(envelope(event), US)
    assert isinstance(found, Ignored)
    return found.reason


def test_an_edit_is_the_question_as_it_reads_now() -> None:
    found = classify(envelope(edit("<@UB0T> why slow?", "<@UB0T> why?")), US)

    assert isinstance(found, Edited)
    assert (found.asked.id, found.asked.text, found.asked.post.ts) == (f"slack-T1-C1-{TS}", "why slow?", TS)


def test_an_edit_that_first_mentions_us_asks_and_one_that_last_did_still_counts() -> None:
    assert isinstance(classify(envelope(edit("<@UB0T> why?", "why?")), US), Edited)
    assert isinstance(classify(envelope(edit("why?", "<@UB0T> why slow?")), US), Edited)
    assert reason(edit("lunch at one?", "lunch?")) == "not addressed"


def test_an_edit_counts_in_a_direct_message_and_an_engaged_thread() -> None:
    in_dm = changed(direct("b", edited={"user": "U1", "ts": "9.9"}), direct("a"))
    in_thread = edit("b", "a", thread_ts="1.1")

    assert isinstance(classify(envelope(in_dm), US), Edited)
    assert isinstance(classify(envelope(in_thread), US, engaged=True), Edited)


def test_the_preview_of_a_link_is_no_edit() -> None:
    preview = [{"from_url": "https://wiki.example", "text": "all about it"}]
    unfurled = changed(direct("see https://wiki.example", attachments=preview), direct("see https://wiki.example"))
    edited = {"user": "U1", "ts": "9.9"}
    unfurled_later = changed(direct("see", edited=edited, attachments=preview), direct("see", edited=edited))

    assert reason(unfurled) == "no new text"
    assert reason(unfurled_later) == "no new text"


def test_another_s_edit_and_our_own_are_ignored() -> None:
    by_other = changed(direct("b", edited={"user": "U2", "ts": "9.9"}), direct("a"))
    ours = changed(direct("b", user="UB0T", bot_id="BB0T", edited={"user": "UB0T"}), direct("a", user="UB0T"))

    assert reason(by_other) == "no new text"
    assert reason(ours) == "own message"


def test_a_deleted_message_names_the_question_that_it_was() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "9.9", "deleted_ts": TS}

    found = classify(envelope(event | {"previous_message": message(thread_ts="1.1")}), US)

    assert isinstance(found, Deleted)
    assert (found.id, found.post.thread) == (QUESTION, "1.1")


def test_a_deleted_message_with_replies_is_deleted_though_slack_calls_it_changed() -> None:
    tombstone = message("This message was deleted.", subtype="tombstone", user="USLACKBOT", thread_ts=TS)

    found = classify(envelope(changed(tombstone, message("<@UB0T> why?", thread_ts=TS))), US)

    assert isinstance(found, Deleted)
    assert found.id == QUESTION


def test_our_own_deleted_message_is_nothing() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS}

    assert reason(event | {"previous_message": message(user="UB0T", bot_id="BB0T")}) == "own message"
