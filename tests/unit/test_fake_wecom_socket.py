"""The fake WeCom's long connection: one for each bot, an acknowledgement for every frame, and WeCom's errors."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.callee import CARD, stream
from tests.fakes.wecom.crypto import unlocked
from tests.fakes.wecom.fake import LI, OPS, ZHANG
from tests.fakes.wecom.subscriber import Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator

RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def bot(wecom: FakeWeCom) -> Iterator[Subscriber]:
    with Subscriber(wecom) as bot:
        yield bot


def test_a_subscription_needs_the_bots_id_and_secret(wecom: FakeWeCom) -> None:
    with Subscriber(wecom, subscribes=False) as bot:
        assert bot.say(SEND) == 846609
        assert bot.subscribe(bot_id="other") == 93019
        assert bot.subscribe(secret="other") == 853000
        assert bot.subscribe() == 0
        assert bot.say("ping") == 0


def test_subscribing_without_end_is_refused(wecom: FakeWeCom) -> None:
    with Subscriber(wecom, subscribes=False) as bot:
        codes = [bot.subscribe(secret="other") for _ in range(21)]

    assert codes == [853000] * 20 + [45009]


def test_an_answer_is_pushed_in_frames_of_one_stream(wecom: FakeWeCom, bot: Subscriber) -> None:
    asked = wecom.write(ZHANG, "磁盘满了？")
    name, body = bot.told()
    codes = [bot.say(RESPOND, stream(each, finish=each == "答案"), name) for each in ("…", "找到", "答案")]

    assert (body["msgid"], body["text"], body["from"]) == (asked, {"content": "磁盘满了？"}, {"userid": ZHANG})
    assert "response_url" not in body
    assert codes == [0, 0, 0]
    assert wecom.answer(asked).versions == ("", "…", "找到", "答案")
    assert wecom.corp.remarks == []


def test_two_frames_in_flight_on_one_req_id_are_a_conflict(wecom: FakeWeCom, bot: Subscriber) -> None:
    wecom.gateway.ack_s = 0.3
    asked = wecom.write(ZHANG, "q")
    name, _ = bot.told()
    bot.send(RESPOND, stream("one", finish=False), name)
    bot.send(RESPOND, stream("two", finish=False), name)

    assert [bot.acknowledged(name), bot.acknowledged(name)] == [6000, 0]
    assert wecom.replies(asked)[0].shown == "one"
    assert "in flight" in wecom.corp.remarks[0]


def test_a_second_stream_and_one_that_ended_are_refused(wecom: FakeWeCom, bot: Subscriber) -> None:
    wecom.write(ZHANG, "q")
    name, _ = bot.told()

    assert bot.say(RESPOND, stream("x", finish=False), name) == 0
    assert bot.say(RESPOND, stream("x", name="s2"), name) == 6000
    assert bot.say(RESPOND, stream("盘" * 6827), name) == 45002
    assert bot.say(RESPOND, stream("x"), name) == 0
    assert bot.say(RESPOND, stream("y"), name) == 846608


def test_a_stream_is_over_after_six_minutes(wecom: FakeWeCom, bot: Subscriber) -> None:
    asked = wecom.write(ZHANG, "q")
    name, _ = bot.told()
    bot.say(RESPOND, stream("…", finish=False), name)
    wecom.advance(361)

    assert bot.say(RESPOND, stream("late"), name) == 846608
    assert [each.shown for each in wecom.unfinished()] == ["…"]
    assert bot.say(SEND, {"chatid": ZHANG, "msgtype": "markdown", "markdown": {"content": "late"}}) == 0
    assert [each.shown for each in wecom.after(asked)] == ["…", "late"]


def test_frames_to_a_conversation_are_thirty_a_minute(wecom: FakeWeCom, bot: Subscriber) -> None:
    wecom.write(ZHANG, "q")
    name, _ = bot.told()
    wecom.write(LI, "q")
    other, _ = bot.told()
    wecom.gateway.ack_s = 0.0
    codes = [bot.say(RESPOND, stream(f"{number}", finish=False), name) for number in range(31)]

    assert codes == [0] * 30 + [45009]
    assert bot.say(RESPOND, stream("x", name="s2"), other) == 0
    wecom.advance(61)
    assert bot.say(RESPOND, stream("end"), name) == 0


def test_a_second_subscription_kicks_the_first_out(wecom: FakeWeCom, bot: Subscriber) -> None:
    with Subscriber(wecom) as second:
        _, body = bot.told()
        assert body["event"] == {"eventtype": "disconnected_event"}
        with pytest.raises(ConnectionClosed):
            bot.told()
        wecom.write(ZHANG, "q")

        assert second.told()[1]["text"] == {"content": "q"}
    assert wecom.gateway.subscribed == 2


def test_a_req_id_holds_on_its_own_connection_only(wecom: FakeWeCom, bot: Subscriber) -> None:
    wecom.write(ZHANG, "q")
    name, _ = bot.told()
    with Subscriber(wecom) as second:
        assert second.say(RESPOND, stream("x"), name) == 846605
        assert second.say(RESPOND, stream("x"), "made-up") == 846605


def test_a_forgotten_subscription_refuses_all_but_pings(wecom: FakeWeCom, bot: Subscriber) -> None:
    asked = wecom.write(ZHANG, "q")
    name, _ = bot.told()
    wecom.forget_subscription()

    assert (bot.say("ping"), bot.say(RESPOND, stream("x"), name)) == (0, 846609)
    unheard = wecom.write(ZHANG, "again")
    wecom.settle()
    assert (wecom.asked(unheard).lost, wecom.asked(asked).lost) == (True, False)
    assert bot.subscribe() == 0
    assert bot.say(RESPOND, stream("x"), name) == 0


def test_what_is_said_while_nobody_is_connected_is_lost_unless_wecom_waits(wecom: FakeWeCom) -> None:
    lost = wecom.write(ZHANG, "q")
    wecom.settle()
    wecom.gateway.grace_s = 20
    kept = wecom.write(ZHANG, "q2")
    with Subscriber(wecom) as bot:
        assert bot.told()[1]["msgid"] == kept

    assert wecom.asked(lost).lost


def test_the_bot_writes_first_only_where_people_wrote_before(wecom: FakeWeCom, bot: Subscriber) -> None:
    def push(chat: str, content: str = "x", **more: object) -> int:
        return bot.say(SEND, {"chatid": chat, "msgtype": "markdown", "markdown": {"content": content}} | more)

    assert (push(OPS), push(ZHANG), push("nobody")) == (86001, 86001, 86001)
    wecom.mention(ZHANG, OPS, "q")
    bot.told()

    assert (push(OPS), push(ZHANG), push(OPS, chat_type=1), push(OPS, chat_type=2)) == (0, 86001, 86001, 0)
    assert (push(OPS, "盘" * 6827), push(OPS, " "), push(OPS, msgtype="text")) == (40058, 44004, 40008)
    assert bot.say(SEND, {"chatid": OPS, "msgtype": "template_card", "template_card": CARD}) == 0


def test_a_click_is_answered_with_another_card_within_five_seconds(wecom: FakeWeCom, bot: Subscriber) -> None:
    done = CARD | {"button_list": [{"text": "已转人工 ✓", "style": 2, "key": "done"}]}
    update = {"response_type": "update_template_card", "template_card": done}
    asked = wecom.write(ZHANG, "q")
    name, _ = bot.told()
    both = stream("没有找到") | {"msgtype": "stream_with_template_card", "template_card": CARD}
    assert bot.say(RESPOND, both, name) == 0
    seen = wecom.answer(asked)
    wecom.press(seen.id, "human", ZHANG)
    click, body = bot.told()

    assert body["event"]["template_card_event"]["event_key"] == "human"
    assert bot.say(RESPOND, stream("x", name="s2"), click) == 846605
    assert bot.say("aibot_respond_update_msg", update, click) == 0
    assert wecom.one(seen.id).buttons == {"已转人工 ✓": "done"}
    wecom.press(seen.id, "done", ZHANG)
    late, _ = bot.told()
    wecom.advance(6)
    assert bot.say("aibot_respond_update_msg", update, late) == 846608


def test_whoever_enters_is_welcomed_once(wecom: FakeWeCom, bot: Subscriber) -> None:
    event = wecom.enter(ZHANG)
    name, _ = bot.told()
    text = {"msgtype": "text", "text": {"content": "您好"}}

    assert bot.say("aibot_respond_welcome_msg", text, name) == 0
    assert bot.say("aibot_respond_welcome_msg", text, name) == 846605
    assert wecom.answer(event).shown == "您好"


def test_every_medium_has_a_key_of_its_own(wecom: FakeWeCom, bot: Subscriber) -> None:
    wecom.file(ZHANG, "a.log", b"ORA-00060")
    found = bot.told()[1]["file"]
    content = httpx.get(found["url"], trust_env=False).content

    assert unlocked(content, base64.b64decode(found["aeskey"] + "=")) == b"ORA-00060"


def test_an_unreadable_frame_ends_the_connection(wecom: FakeWeCom, bot: Subscriber) -> None:
    bot.socket.send("{")
    with pytest.raises(ConnectionClosed):
        bot.told()

    assert wecom.corp.remarks == ["a frame was unreadable"]


def test_a_silent_connection_is_ended(wecom: FakeWeCom) -> None:
    wecom.gateway.silence_s = 0.2
    with Subscriber(wecom) as bot, pytest.raises(ConnectionClosed):
        bot.told()


def test_an_unknown_command_is_refused_and_recorded(wecom: FakeWeCom, bot: Subscriber) -> None:
    assert bot.say("aibot_dance") == 40058
    assert [each.code for each in wecom.recording.of("aibot_dance")] == [40058]


def test_fifty_messages_at_once_are_told_and_answered(wecom: FakeWeCom, bot: Subscriber) -> None:
    people = [f"person{number}" for number in range(50)]
    for user in people:
        wecom.person(user, user)
    asked = [wecom.write(user, "q") for user in people]
    names = [bot.told()[0] for _ in asked]
    sent = [bot.send(RESPOND, stream("a", name=name), name) for name in names]

    assert [bot.acknowledged(name) for name in sent] == [0] * 50
    assert wecom.lost(asked) == []
