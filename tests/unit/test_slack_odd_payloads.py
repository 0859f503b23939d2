"""Payloads whose values are of another kind than Slack's: no error, and no question lost that can be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_payloads import direct, envelope, message
from tests.fakes.slack_reception import Reception, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reception]:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack) as found:
        yield found


@pytest.mark.parametrize(
    "event",
    [
        message(blocks=7),
        message(files=[{"id": "F1", "size": "big"}]),
        message(attachments=["x"]),
        {"type": "message", "subtype": "message_changed", "channel": "C1", "message": ["x"]},
        {"type": "message", "subtype": "message_deleted", "channel": "C1", "previous_message": "x"},
        {"type": "assistant_thread_started", "assistant_thread": "x"},
    ],
)
def test_values_of_another_kind_than_slacks_are_no_error(desk: Reception, event: dict[str, object]) -> None:
    assert desk.slack.post(json.dumps(envelope(event)).encode()).status == 200
    assert desk.asked == []


@pytest.mark.parametrize(
    "odd",
    [
        {"ts": "1e999"},
        {"ts": "nan"},
        {"ts": "\u0663.1"},
        {"user": "U\ud800"},
        {"user": ["U1"]},
        {"files": [{"id": "F1", "name": "\ud800.log"}]},
    ],
)
def test_a_question_from_an_odd_place_is_queued_all_the_same(desk: Reception, odd: dict[str, object]) -> None:
    assert desk.slack.post(json.dumps(envelope(direct(**odd))).encode()).status == 200
    assert desk.asked == ["why?"]


@pytest.mark.parametrize("authorizations", [7, {"a": 1}, ["x"], [{"is_bot": True, "user_id": ["x"]}], [None]])
def test_authorizations_of_another_kind_are_passed_over(desk: Reception, authorizations: object) -> None:
    body = envelope(direct(), authorizations=authorizations)

    assert desk.slack.post(json.dumps(body).encode()).status in {200, 400}
