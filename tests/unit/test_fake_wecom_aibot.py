"""The fake WeCom calls an AI bot as WeCom does: it asks until a stream ends, and takes only what is documented."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.callee import CARD, Callee, stream
from tests.fakes.wecom.crypto import key_of, unlocked
from tests.fakes.wecom.fake import LI, OPS, ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.wecom.records import JSON

PIXEL = b"\x89PNG one pixel"


@pytest.fixture
def callee() -> Iterator[Callee]:
    with Callee() as callee:
        yield callee


@pytest.fixture
def wecom(callee: Callee) -> Iterator[FakeWeCom]:
    with FakeWeCom(None, callee.bot_url) as wecom:
        wecom.turns.poll_s = 0.05
        yield wecom


def growing(*contents: str) -> Any:  # noqa: ANN401 - a callee's function
    """Return a bot that shows one content after the other, the last one for good."""
    left = list(contents)

    def say(_: JSON) -> JSON:
        content = left.pop(0)
        return stream(content, finish=not left)

    return say


def test_a_stream_is_asked_after_until_it_is_finished(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = growing("正在检索…", "找到 3 篇", "答案")
    name = wecom.write(ZHANG, "磁盘满了？")
    seen = wecom.answer(name)

    assert 0 <= wecom.first_s(name) < 5
    assert wecom.repeated(seen.chat) == []
    assert (seen.shown, seen.versions, seen.via) == ("答案", ("", "正在检索…", "找到 3 篇", "答案"), "stream")
    first, *polls = callee.bot_heard
    assert (first["msgid"], first["text"], first["chattype"]) == (name, {"content": "磁盘满了？"}, "single")
    assert {each["msgtype"] for each in polls} == {"stream"}
    assert [each["stream"]["id"] for each in polls] == ["s1", "s1"]
    assert len({each["msgid"] for each in callee.bot_heard}) == 3
    assert all("response_url" not in each for each in polls)
    assert wecom.corp.remarks == []


@pytest.mark.parametrize(
    ("reply", "remark"),
    [
        ({"msgtype": "text", "text": {"content": "x"}}, "40008"),
        (stream("x", name=""), "stream.id"),
        (stream("盘" * 6827), "over 20480"),
        (stream("x", feedback={"id": "x" * 257}), "feedback"),
        (stream("x", finish=False, msg_item=[{"msgtype": "image", "image": {}}]), "msg_item"),
        (stream("x", msg_item=[{"image": {"base64": "eA==", "md5": "0"}}]), "md5"),
        (stream(" "), "nothing to see"),
    ],
)
def test_a_wrong_reply_is_not_taken(wecom: FakeWeCom, callee: Callee, reply: JSON, remark: str) -> None:
    callee.bot_says = lambda _: reply
    name = wecom.write(ZHANG, "q")
    wecom.settle()

    assert any(remark in each for each in wecom.corp.remarks)
    assert not any(each.shown.strip() for each in wecom.replies(name))


def test_pictures_may_come_with_the_end(wecom: FakeWeCom, callee: Callee) -> None:
    image = {"base64": base64.b64encode(PIXEL).decode(), "md5": hashlib.md5(PIXEL).hexdigest()}  # noqa: S324 - theirs
    callee.bot_says = lambda _: stream("see", msg_item=[{"msgtype": "image", "image": image}])

    assert wecom.answer(wecom.write(ZHANG, "q")).shown == "see"


@pytest.mark.parametrize("spoiled", [{"nonce": "1"}, {"timestamp": "1700000000"}, {"msgsignature": "0"}])
def test_a_reply_must_be_sealed_as_documented(wecom: FakeWeCom, callee: Callee, spoiled: JSON) -> None:
    callee.bot_says = lambda _: stream("x")
    callee.sealed = lambda outer: outer | spoiled
    name = wecom.write(ZHANG, "q")
    wecom.settle()

    assert wecom.replies(name) == []
    assert "was not taken" in wecom.corp.remarks[0]


def test_a_repeated_message_that_gets_another_stream_is_remarked_on(wecom: FakeWeCom, callee: Callee) -> None:
    names = iter(("s1", "s2"))
    callee.bot_says = lambda _: stream("x", name=next(names), finish=False)
    wecom.deliveries.copies = 2
    wecom.turns.poll_s = 60
    name = wecom.write(ZHANG, "q")
    wecom.settle()

    assert len(wecom.replies(name)) == 1
    assert "one message was answered with two streams" in wecom.corp.remarks


def test_a_stream_ends_after_six_minutes(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda _: stream("…", finish=False)
    wecom.write(ZHANG, "q")
    wecom.wait(wecom.unfinished)
    wecom.advance(361)
    wecom.wait(lambda: wecom.corp.remarks)
    heard = len(callee.bot_heard)

    assert wecom.corp.remarks == ["a stream was not finished within six minutes"]
    assert [each.shown for each in wecom.unfinished()] == ["…"]
    assert heard == len(callee.bot_heard)


def test_polls_go_on_through_errors_and_empty_replies(wecom: FakeWeCom, callee: Callee) -> None:
    said = iter([stream("…", finish=False), None, stream("done")])
    callee.bot_says = lambda _: next(said)
    callee.statuses = [200, 500, 200]

    assert wecom.answer(wecom.write(ZHANG, "q")).shown == "done"


def test_a_member_has_three_messages_in_progress_at_most(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda heard: stream("…", finish=False, name=heard.get("msgid", "s"))
    wecom.turns.poll_s = 60
    for number in range(4):
        wecom.write(ZHANG, f"{number}")
        wecom.settle()
    wecom.write(LI, "other")
    wecom.settle()

    assert [each["text"]["content"] for each in callee.bot_heard] == ["0", "1", "2", "other"]
    assert wecom.chat(f"bot/{ZHANG}")[-1].kind == "notice"


def test_in_a_group_the_bot_hears_its_name_and_what_is_quoted(wecom: FakeWeCom, callee: Callee) -> None:
    error = wecom.write(LI, "ORA-00060: deadlock", OPS)
    wecom.mention(ZHANG, OPS, "什么意思？", quotes=error)
    wecom.file(ZHANG, "a.log", b"x", OPS)
    wecom.settle()

    assert len(callee.bot_heard) == 1
    heard = callee.bot_heard[0]
    assert (heard["chatid"], heard["chattype"], heard["from"]) == (OPS, "group", {"userid": ZHANG})
    assert heard["text"]["content"] == "@Quorum 什么意思？"
    assert heard["quote"] == {"msgtype": "text", "text": {"content": "ORA-00060: deadlock"}}


def test_media_are_downloaded_encrypted_within_five_minutes(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.file(ZHANG, "错误.log", b"ORA-00060")
    wecom.mixed(ZHANG, "看图", PIXEL)
    wecom.settle()
    heard = {each["msgtype"]: each for each in callee.bot_heard}
    url = heard["file"]["file"]["url"]
    found = httpx.get(url, trust_env=False)
    wecom.advance(301)

    assert unlocked(found.content, key_of(wecom.corp.bot_aes_key)) == b"ORA-00060"
    assert "UTF-8''%E9%94%99%E8%AF%AF.log" in found.headers["content-disposition"]
    assert httpx.get(url, trust_env=False).status_code == 403
    assert [each["msgtype"] for each in heard["mixed"]["mixed"]["msg_item"]] == ["text", "image"]


def test_a_response_url_is_good_for_one_message_within_an_hour(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda _: stream("稍后给出答案", name=f"s{len(callee.bot_heard)}")
    names = [wecom.mention(ZHANG, OPS, "q"), wecom.write(ZHANG, "q"), wecom.write(LI, "q")]
    wecom.settle()
    urls = {each["msgid"]: each["response_url"] for each in callee.bot_heard}

    def respond(name: str, content: str = "答案", **body: object) -> int:
        values = {"msgtype": "markdown", "markdown": {"content": content}} | body
        return int(httpx.post(urls[name], json=values, trust_env=False).json()["errcode"])

    card = {"msgtype": "template_card", "template_card": CARD}
    assert (respond(names[0], "盘" * 6827), respond(names[0], **card)) == (40058, 40008)
    assert (respond(names[0]), respond(names[0]) != 0) == (0, True)
    assert [(each.shown, each.quotes) for each in wecom.replies(names[0])] == [("稍后给出答案", ""), ("答案", names[0])]
    assert respond(names[1], **card) == 0
    wecom.advance(3601)
    assert respond(names[2]) != 0


def test_a_click_replaces_the_card_and_is_delivered_once(wecom: FakeWeCom, callee: Callee) -> None:
    done = CARD | {"button_list": [{"text": "已转人工 ✓", "style": 2, "key": "done"}]}
    both = stream("没有找到") | {"msgtype": "stream_with_template_card", "template_card": CARD}
    update = {"response_type": "update_template_card", "template_card": done}
    callee.bot_says = lambda heard: both if heard["msgtype"] == "text" else update
    seen = wecom.answer(wecom.write(ZHANG, "q"))
    assert seen.buttons == {"转人工": "human"}
    wecom.press(seen.id, "human", ZHANG)
    wecom.settle()
    inner = callee.bot_heard[-1]["event"]

    assert inner["eventtype"] == "template_card_event"
    assert inner["template_card_event"]["event_key"] == "human"
    assert inner["template_card_event"]["task_id"] == "task-1"
    assert "response_url" in callee.bot_heard[-1]
    assert wecom.one(seen.id).buttons == {"已转人工 ✓": "done"}

    callee.statuses = [500]
    wecom.press(seen.id, "done", ZHANG)
    wecom.settle()
    assert len(callee.bot_heard) == 3


def test_an_update_keeps_the_task_id_of_the_card(wecom: FakeWeCom, callee: Callee) -> None:
    update = {"response_type": "update_template_card", "template_card": CARD | {"task_id": "other"}}
    callee.bot_says = lambda heard: {"msgtype": "template_card", "template_card": CARD} if "text" in heard else update
    seen = wecom.answer(wecom.write(ZHANG, "q"))
    wecom.press(seen.id, "human", ZHANG)
    wecom.settle()

    assert any("task_id" in each for each in wecom.corp.remarks)


def test_a_rating_is_an_event_that_is_answered_with_nothing(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda heard: stream("x", feedback={"id": "fb-1"}) if "text" in heard else stream("thanks")
    seen = wecom.answer(wecom.write(ZHANG, "q"))
    wecom.rate(seen.id, 2, ZHANG, "旧了", [2, 3])
    wecom.settle()

    found = callee.bot_heard[-1]["event"]["feedback_event"]
    assert found == {"id": "fb-1", "type": 2, "content": "旧了", "inaccurate_reason_list": [2, 3]}
    assert wecom.corp.remarks == ["feedback is answered with nothing"]


def test_whoever_enters_is_welcomed_with_a_text(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda _: {"msgtype": "text", "text": {"content": "您好"}}
    name = wecom.enter(ZHANG)

    assert wecom.answer(name).shown == "您好"
    assert callee.bot_heard[0]["event"] == {"eventtype": "enter_chat"}


def test_polls_go_on_after_the_bot_was_away(wecom: FakeWeCom, callee: Callee) -> None:
    callee.bot_says = lambda _: stream("…", finish=False)
    name = wecom.write(ZHANG, "q")
    wecom.wait(wecom.unfinished)
    callee.server.down()
    polls = len(wecom.deliveries.log)
    wecom.wait(lambda: any(each.status == 0 and each.attempts for each in wecom.deliveries.log[polls:]))
    callee.bot_says = lambda _: stream("done")
    callee.up()

    assert wecom.answer(name).versions == ("", "…", "done")
