"""What people do with the self-built app is heard, once and as it was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.wecom.hearing import apps, buttons
from adapters.wecom.hearing.events import (
    Asked,
    Clicked,
    Commanded,
    Entered,
    Ignored,
)
from adapters.wecom.hearing.posts import Media, Post

if TYPE_CHECKING:
    from adapters.wecom.hearing.events import Event

USER = Post("app", "single", "zhangsan", "zhangsan", "7")


def app(kind: str, **values: str) -> Event:
    """Hear a message or event of the app from Zhang San."""
    told = {"ToUserName": "corp", "FromUserName": "ZhangSan", "CreateTime": "1700000000", "MsgType": kind, **values}
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in told.items())
    return apps.classify(f"<xml>{inner}</xml>")


def asked(event: Event) -> Asked:
    assert isinstance(event, Asked)
    return event


def test_a_text_to_the_app_is_a_question_by_its_id() -> None:
    heard = asked(app("text", MsgId="7", Content=" ORA-00257 怎么办？\u200b ", AgentID="1"))

    assert heard == Asked("wecom-app-7", USER, "ORA-00257 怎么办？", sent_at=1_700_000_000.0)


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("image", Media("image", "m", "http://pic.example/1")),
        ("voice", Media("voice", "m")),
        ("video", Media("video", "m")),
        ("file", Media("file", "m", name="alert.log")),
    ],
)
def test_what_is_shared_with_the_app_waits_to_be_fetched(kind: str, media: Media) -> None:
    values = {"image": {"PicUrl": "http://pic.example/1"}, "file": {"FileName": "alert.log"}}.get(kind, {})

    heard = asked(app(kind, MsgId="7", MediaId="m", **values))

    assert (heard.text, heard.media) == ("", (media,))
    assert not heard.is_empty


def test_a_voice_that_was_recognised_is_its_words() -> None:
    heard = asked(app("voice", MsgId="7", MediaId="m", Recognition="怎么扩容"))

    assert (heard.text, heard.media) == ("怎么扩容", ())


def test_a_link_is_what_it_says_and_where_it_leads() -> None:
    heard = asked(app("link", MsgId="7", Title="Runbook", Description="redo", Url="https://wiki.example/1"))

    assert heard.text == "Runbook\nredo\nhttps://wiki.example/1"


def test_a_place_on_the_map_asks_nothing() -> None:
    assert asked(app("location", MsgId="7", Label="深圳", Scale="15")).is_empty


@pytest.mark.parametrize(("event", "how"), [("subscribe", "subscribe"), ("enter_agent", "enter_agent")])
def test_somebody_enters_the_app(event: str, how: str) -> None:
    heard = app("event", Event=event)

    assert isinstance(heard, Entered)
    assert (heard.how, heard.post.user) == (how, "zhangsan")


def test_an_event_delivered_again_has_the_same_id_and_another_has_not() -> None:
    first, again, other = (
        app("event", Event="template_card_event", EventKey="quorum_escalate:a", TaskId=task) for task in "112"
    )

    assert isinstance(first, Clicked)
    assert isinstance(other, Clicked)
    assert first == again
    assert first.id != other.id


def test_a_click_on_an_apps_card_names_action_answer_and_card() -> None:
    heard = app(
        "event", Event="template_card_event", EventKey="quorum_feedback:wecom-app-7:0", TaskId="T", ResponseCode="RC"
    )

    assert isinstance(heard, Clicked)
    assert (heard.action, heard.answer_id, heard.vote) == ("quorum_feedback", "wecom-app-7", 0)
    assert (heard.task, heard.response_code) == ("T", "RC")
    assert "RC" not in repr(heard)


@pytest.mark.parametrize("key", ["", "x", "quorum_escalate:", "quorum_feedback:a", "quorum_feedback:a:2", "quorum_x:a"])
def test_a_button_that_is_none_of_ours_is_ignored(key: str) -> None:
    assert app("event", Event="template_card_event", EventKey=key) == Ignored("unknown button")


def test_a_button_that_says_what_was_done_does_nothing() -> None:
    assert app("event", Event="template_card_event", EventKey=buttons.done("a")) == Ignored("done button")


def test_every_key_that_we_write_is_read_again() -> None:
    heard = buttons.pressed("e", buttons.key("quorum_feedback", "wecom-bot-a~3D", 1), USER)

    assert isinstance(heard, Clicked)
    assert (heard.answer_id, heard.vote) == ("wecom-bot-a~3D", 1)


def test_the_apps_menu_gives_commands() -> None:
    heard = app("event", Event="click", EventKey="帮助")

    assert isinstance(heard, Commanded)
    assert heard.name == "help"
    assert app("event", Event="click", EventKey="lunch") == Ignored("unknown button")


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("miniprogram", {}, "unknown message"),
        ("event", {"Event": "made_up"}, "unknown event"),
        ("event", {"Event": "LOCATION"}, "event"),
        ("", {}, "malformed"),
        ("text", {"FromUserName": ""}, "malformed"),
    ],
)
def test_what_the_app_does_not_know_is_ignored_with_a_reason(kind: str, values: dict[str, str], reason: str) -> None:
    heard = app(kind, **values)

    assert isinstance(heard, Ignored)
    assert heard.reason == reason


@pytest.mark.parametrize("content", ["/帮助", "help", "帮助", "/help"])
def test_commands_to_the_app_are_heard(content: str) -> None:
    heard = app("text", MsgId="7", Content=content)

    assert isinstance(heard, Commanded)
    assert (heard.id, heard.name) == ("wecom-app-7", "help")


def test_a_long_log_that_is_pasted_into_the_app_is_heard_to_its_last_line() -> None:
    log = "\n".join(f"{number} ORA-00257: 归档空间已满" for number in range(600))

    assert asked(app("text", MsgId="7", Content=log)).text == log
