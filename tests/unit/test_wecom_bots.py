"""What people say to the AI bot is heard, in groups and directly, once and as it was meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from adapters.wecom.hearing import bots
from adapters.wecom.hearing.events import (
    Asked,
    Clicked,
    Commanded,
    Disconnected,
    Entered,
    Ignored,
    Rated,
    Refreshed,
)
from adapters.wecom.hearing.posts import Media, Post, Quote, question_id

if TYPE_CHECKING:
    from adapters.wecom.hearing.events import Event


def bot(kind: str = "text", name: str = "", **values: Any) -> Event:  # noqa: ANN401 - JSON
    """Hear a message of the AI bot from Zhang San, in a direct message unless a chat is given."""
    told = {"msgid": "M1", "aibotid": "B", "chattype": "single", "from": {"userid": "ZhangSan"}, "msgtype": kind}
    return bots.classify(json.dumps({**told, **values}), name)


def asked(event: Event) -> Asked:
    assert isinstance(event, Asked)
    return event


def in_group(content: str, name: str = "") -> Asked:
    return asked(bot(name=name, chattype="group", chatid="CHAT", text={"content": content}))


@pytest.mark.parametrize("content", ["/帮助", "help", "帮助", "/help"])
def test_commands_in_a_group_are_heard_behind_our_name(content: str) -> None:
    heard = bot(name="Quorum Bot", chattype="group", chatid="CHAT", text={"content": f"@Quorum Bot  {content}"})

    assert isinstance(heard, Commanded)
    assert heard.name == "help"


def test_a_direct_message_to_the_bot_is_a_question_of_that_user() -> None:
    heard = asked(bot(text={"content": "为什么?"}, response_url="https://r.example/1", create_time=1700000000))

    assert heard.id == "wecom-bot-M1"
    assert heard.post == Post("bot", "single", "zhangsan", "zhangsan", "M1")
    assert (heard.text, heard.response_url, heard.sent_at) == ("为什么?", "https://r.example/1", 1_700_000_000.0)
    assert "r.example" not in repr(heard)


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        ("@RobotA 报错了", "RobotA", "报错了"),
        ("@RobotA  报错了", "RobotA", "报错了"),
        ("@RobotA\u2005报错了", "RobotA", "报错了"),
        ("@WeKnora Bot 什么是B+树", "WeKnora Bot", "什么是B+树"),
        ("@Bot.*  a  b", "Bot.*", "a  b"),
        ("@RobotA", "RobotA", ""),
        ("@BotX stop", "Bot", "@BotX stop"),
        ("@张三 看一下 ORA-00257", "RobotA", "@张三 看一下 ORA-00257"),
        ("@RobotA @张三 说的对吗", "RobotA", "@张三 说的对吗"),
        ("看 @RobotA 说的", "RobotA", "看 @RobotA 说的"),
        ("@RobotA 报错了", "", "报错了"),
        ("@RobotA ORA-00257  怎么办", "", "ORA-00257  怎么办"),
        ("@RobotA", "", ""),
        ("没有提到", "", "没有提到"),
    ],
)
def test_our_mention_is_stripped_and_other_peoples_stay(content: str, name: str, text: str) -> None:
    assert in_group(content, name).text == text


def test_a_command_behind_a_name_with_blanks_is_understood_even_without_the_name() -> None:
    heard = bot(chattype="group", chatid="CHAT", text={"content": "@Our Bot  /stop"})

    assert isinstance(heard, Commanded)
    assert heard.name == "stop"


def test_nothing_is_stripped_in_a_direct_message() -> None:
    assert asked(bot(name="RobotA", text={"content": "@RobotA hi there"})).text == "@RobotA hi there"


def test_a_group_is_its_chat_and_everybody_in_it_is_themselves() -> None:
    heard = in_group("@B hi there", "B")

    assert (heard.post.conversation, heard.post.user, heard.post.room) == ("CHAT", "zhangsan", "group")


def test_somebody_of_another_corp_is_nobody_of_ours() -> None:
    heard = asked(bot(text={"content": "hi there"}, **{"from": {"userid": "zhangsan", "corpid": "ww2"}}))

    assert heard.post.user == "ww2/zhangsan"
    assert heard.post.is_external


def test_a_mixed_message_is_all_its_words_and_pictures() -> None:
    parts = [
        {"msgtype": "text", "text": {"content": "@B 报错:"}},
        {"msgtype": "image", "image": {"url": "https://x.example/1", "aeskey": "K"}},
        {"msgtype": "text", "text": {"content": "怎么办"}},
        {"msgtype": "image", "image": {"url": "https://x.example/2"}},
        {"msgtype": "hologram"},
    ]

    heard = asked(bot("mixed", "B", chattype="group", chatid="C", mixed={"msg_item": parts}))

    assert heard.text == "报错:\n怎么办"
    assert [(each.url, each.key) for each in heard.media] == [("https://x.example/1", "K"), ("https://x.example/2", "")]


@pytest.mark.parametrize("kind", ["image", "file", "video"])
def test_media_of_the_bot_wait_to_be_fetched(kind: str) -> None:
    heard = asked(bot(kind, **{kind: {"url": "https://x.example/1", "aeskey": "K"}}))

    assert [(each.kind, each.url, each.key) for each in heard.media] == [(kind, "https://x.example/1", "K")]
    assert "x.example" not in repr(heard)


def test_a_voice_to_the_bot_is_its_words() -> None:
    assert asked(bot("voice", voice={"content": "怎么扩容"})).text == "怎么扩容"


@pytest.mark.parametrize(
    ("quote", "heard"),
    [
        ({"msgtype": "text", "text": {"content": "ORA-00257"}}, Quote("ORA-00257")),
        (
            {"msgtype": "image", "image": {"url": "https://x.example/1"}},
            Quote("", (Media("image", url="https://x.example/1"),)),
        ),
        ({"msgtype": "file", "file": {"url": "u"}}, Quote("", (Media("file", url="u"),))),
        ({"msgtype": "mixed", "mixed": {"msg_item": [{"msgtype": "text", "text": {"content": "a"}}]}}, Quote("a")),
        ({"msgtype": "hologram"}, None),
    ],
)
def test_a_quoted_message_comes_along(quote: dict[str, Any], heard: Quote | None) -> None:
    assert asked(bot(text={"content": "这个怎么处理"}, quote=quote)).quote == heard


def test_a_bare_mention_asks_nothing_unless_it_quotes() -> None:
    assert in_group("@B ", "B").is_empty
    quoted = bot(name="B", text={"content": ""}, quote={"msgtype": "text", "text": {"content": "ORA-1"}})
    assert not asked(quoted).is_empty


def test_a_poll_names_the_stream() -> None:
    assert bot("stream", stream={"id": "s1"}) == Refreshed("s1")
    assert bot("stream", stream={}) == Ignored("malformed")


def test_somebody_opens_the_bots_chat() -> None:
    heard = bot("event", event={"eventtype": "enter_chat"})

    assert isinstance(heard, Entered)
    assert heard.how == "enter_chat"


@pytest.mark.parametrize("is_nested", [True, False])
def test_a_click_on_the_bots_card_is_heard_in_both_shapes(*, is_nested: bool) -> None:
    detail = {"card_type": "button_interaction", "event_key": "quorum_escalate:wecom-bot-M1", "task_id": "T"}
    event = {"eventtype": "template_card_event", **({"template_card_event": detail} if is_nested else detail)}

    heard = bot("event", event=event, response_url="https://r.example/1")

    assert isinstance(heard, Clicked)
    assert (heard.action, heard.answer_id, heard.task) == ("quorum_escalate", "wecom-bot-M1", "T")
    assert heard.response_url == "https://r.example/1"


@pytest.mark.parametrize(("rating", "vote"), [(1, 1), (2, 0), (3, None)])
def test_thumbs_are_votes(rating: int, vote: int | None) -> None:
    detail = {"id": "wecom-bot-M1", "type": rating, "content": "旧版本", "inaccurate_reason_list": [2, 3]}

    heard = bot("event", event={"eventtype": "feedback_event", "feedback_event": detail})

    assert isinstance(heard, Rated)
    assert (heard.answer_id, heard.vote, heard.reasons) == ("wecom-bot-M1", vote, (2, 3))
    assert "旧版本" not in repr(heard)


def test_another_process_took_the_connection() -> None:
    assert bots.told({"msgtype": "event", "event": {"eventtype": "disconnected_event"}}) == Disconnected()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "malformed"),
        ({"msgtype": "hologram", "from": {"userid": "a"}}, "unknown message"),
        ({"msgtype": "event", "event": {"eventtype": "made_up"}, "from": {"userid": "a"}}, "unknown event"),
        ({"msgtype": "event", "event": "enter_chat", "from": {"userid": "a"}}, "malformed"),
        ({"msgtype": "text", "text": {"content": "a"}}, "malformed"),
        ({"msgtype": "text", "text": {"content": "a"}, "from": {"userid": "a"}, "chattype": "group"}, "malformed"),
        ({"msgtype": ["text"]}, "malformed"),
    ],
)
def test_what_the_bot_does_not_know_is_ignored_with_a_reason(payload: dict[str, Any], reason: str) -> None:
    heard = bots.told(payload)

    assert isinstance(heard, Ignored)
    assert heard.reason == reason


def test_the_id_of_a_message_keeps_what_it_can() -> None:
    assert question_id("bot", "CAIQ16HMjQYY/NGag+A=") == "wecom-bot-CAIQ16HMjQYY~2FNGag~2BA~3D"
    assert len(question_id("bot", "a/" * 500)) < 90
    assert len(question_id("bot", "字" * 50)) < 90


def test_a_long_log_that_is_pasted_into_a_group_is_heard_to_its_last_line() -> None:
    log = "\n".join(f"{number} ORA-00257: 归档空间已满" for number in range(600))

    assert in_group(f"@RobotA {log}", "RobotA").text == log


@pytest.mark.parametrize("author", [{}, {"userid": ""}, {"userid": " "}, "B", None])
def test_what_no_person_says_is_not_answered(author: object) -> None:
    heard = bot(text={"content": "为什么?"}, **{"from": author})

    assert isinstance(heard, Ignored)
