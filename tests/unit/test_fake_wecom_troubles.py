"""The fake WeCom misbehaves on order: errcodes, errors, resets, slowness, lost frames, cut connections."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.callee import stream
from tests.fakes.wecom.fake import LI, ZHANG
from tests.fakes.wecom.subscriber import Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator

RESPOND = "aibot_respond_msg"


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def web(wecom: FakeWeCom) -> Iterator[httpx.Client]:
    token = wecom.tokens.give()[0]
    base = f"{wecom.server.address}/cgi-bin/"
    with httpx.Client(base_url=base, trust_env=False, params={"access_token": token}) as web:
        yield web


def send(wecom: FakeWeCom, web: httpx.Client, text: str, to: str = ZHANG) -> Any:  # noqa: ANN401 - JSON
    body = {"touser": to, "msgtype": "text", "agentid": wecom.corp.agent, "text": {"content": text}}
    reply = web.post("message/send", json=body)
    return reply.json()["errcode"] if reply.status_code == 200 else reply.status_code


def shown(wecom: FakeWeCom, user: str = ZHANG) -> list[str]:
    return [each.shown for each in wecom.chat(f"app/{user}")]


def test_a_call_is_refused_so_often_or_so_long(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.refuse("message/send", -1, 2)
    codes = [send(wecom, web, "x") for _ in range(3)]
    wecom.troubles.refuse(code=45009, seconds=0.3, place=ZHANG)
    codes += [send(wecom, web, "x"), send(wecom, web, "y", LI)]

    assert codes == [-1, -1, 0, 45009, 0]
    assert wecom.wait(lambda: send(wecom, web, "z") == 0)


def test_an_error_may_hide_that_the_message_was_shown(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.fail("message/send", status=502)
    wecom.troubles.fail("message/send", stored=True)

    assert [send(wecom, web, each) for each in ("no", "yes")] == [502, 500]
    assert shown(wecom) == ["yes"]


def test_a_reset_after_storing_leaves_the_message(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.reset("message/send")
    with pytest.raises(httpx.TransportError):
        send(wecom, web, "said once")

    assert shown(wecom) == ["said once"]


def test_a_slow_call_is_done_at_once(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.slow("message/send", 0.5)
    began = time.monotonic()

    assert send(wecom, web, "late") == 0
    assert time.monotonic() - began >= 0.5


def test_a_page_of_html_may_come_with_status_200(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.page("user/get")

    assert web.get("user/get", params={"userid": ZHANG}).headers["content-type"].startswith("text/html")


def test_a_token_ends_early_on_order(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.tokens.expire()
    expired = send(wecom, web, "x")
    wecom.tokens.revoke()

    assert (expired, send(wecom, web, "x")) == (42001, 40014)


def test_a_server_that_was_down_knows_what_was_said(wecom: FakeWeCom, web: httpx.Client) -> None:
    send(wecom, web, "before")
    wecom.down()
    with pytest.raises(httpx.ConnectError):
        send(wecom, web, "lost")
    wecom.up()
    send(wecom, web, "after")

    assert shown(wecom) == ["before", "after"]


def test_a_frame_may_be_taken_and_not_acknowledged(wecom: FakeWeCom) -> None:
    with Subscriber(wecom) as bot:
        asked = wecom.write(ZHANG, "q")
        name, _ = bot.told()
        wecom.troubles.lose(RESPOND)
        bot.send(RESPOND, stream("one", finish=False), name)
        assert bot.say("ping") == 0

        assert bot.say(RESPOND, stream("two"), name) == 0
    assert wecom.answer(asked).versions == ("", "one", "two")


def test_a_message_may_be_lost_on_its_way_to_the_bot(wecom: FakeWeCom) -> None:
    wecom.troubles.lose("aibot_msg_callback")
    with Subscriber(wecom) as bot:
        lost = wecom.write(ZHANG, "lost")
        wecom.write(LI, "heard")

        assert bot.told()[1]["text"] == {"content": "heard"}
    assert wecom.asked(lost).lost


@pytest.mark.parametrize(("stored", "versions"), [(True, ["…"]), (False, [])])
def test_a_connection_is_cut_in_mid_stream(wecom: FakeWeCom, versions: list[str], *, stored: bool) -> None:
    with Subscriber(wecom) as bot:
        asked = wecom.write(ZHANG, "q")
        name, _ = bot.told()
        wecom.troubles.cut(RESPOND, stored=stored)
        bot.send(RESPOND, stream("…", finish=False), name)
        with pytest.raises(ConnectionClosed):
            bot.told()

    assert [each.shown for each in wecom.replies(asked)] == versions
    assert wecom.gateway.open == []


def test_every_connection_can_be_cut(wecom: FakeWeCom) -> None:
    with Subscriber(wecom) as bot:
        wecom.cut_connections()
        with pytest.raises(ConnectionClosed):
            bot.told()


def test_frames_are_refused_with_any_errcode(wecom: FakeWeCom) -> None:
    with Subscriber(wecom) as bot:
        wecom.write(ZHANG, "q")
        name, _ = bot.told()
        for code in (846608, 846609, 6000):
            wecom.troubles.refuse(RESPOND, code)
            assert bot.say(RESPOND, stream("x"), name) == code
        wecom.troubles.refuse("aibot_subscribe", 45009)
        assert bot.subscribe() == 45009
        assert bot.say(RESPOND, stream("x"), name) == 0


def test_a_message_comes_twice_under_two_req_ids(wecom: FakeWeCom) -> None:
    wecom.gateway.copies = 2
    with Subscriber(wecom) as bot:
        asked = wecom.write(ZHANG, "q")
        (one, first), (two, second) = bot.told(), bot.told()
        codes = [bot.say(RESPOND, stream("a"), one), bot.say(RESPOND, stream("a"), two)]

    assert (one != two, first) == (True, second)
    assert codes == [0, 6000]
    assert len(wecom.replies(asked)) == 1


def test_messages_come_in_another_order(wecom: FakeWeCom) -> None:
    wecom.gateway.held = []
    with Subscriber(wecom) as bot:
        wecom.write(ZHANG, "first")
        wecom.wait(lambda: len(wecom.gateway.held or []) == 1)
        wecom.write(LI, "second")
        wecom.wait(lambda: len(wecom.gateway.held or []) == 2)
        wecom.release()

        assert [bot.told()[1]["text"]["content"] for _ in range(2)] == ["second", "first"]


def test_orders_can_be_forgotten(wecom: FakeWeCom, web: httpx.Client) -> None:
    wecom.troubles.fail(times=9)
    wecom.troubles.calm()

    assert send(wecom, web, "x") == 0
