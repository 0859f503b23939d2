"""The fake WeCom calls an app as WeCom does: sealed, verified first, again after silence, and disordered on order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.callee import CARD, Callee
from tests.fakes.wecom.fake import ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator

PIXEL = b"\x89PNG one pixel"


@pytest.fixture
def callee() -> Iterator[Callee]:
    with Callee() as callee:
        yield callee


@pytest.fixture
def wecom(callee: Callee) -> Iterator[FakeWeCom]:
    with FakeWeCom(callee.app_url, callee.bot_url) as wecom:
        wecom.turns.poll_s = 0.05
        yield wecom


def test_an_address_is_verified_with_the_plain_text_and_nothing_else(wecom: FakeWeCom, callee: Callee) -> None:
    assert (wecom.verify("app"), wecom.verify("bot")) == (True, True)
    callee.echo = lambda said: f'"{said}"'

    assert (wecom.verify("app"), wecom.verify("bot")) == (False, False)


def test_the_app_is_told_every_kind_of_message_in_xml(wecom: FakeWeCom, callee: Callee) -> None:
    name = wecom.write(ZHANG, "磁盘 <满> & ]]> 了", "app")
    wecom.picture(ZHANG, PIXEL, "app")
    wecom.voice(ZHANG, "重启服务", "app")
    wecom.file(ZHANG, "错误.log", b"ORA", "app")
    wecom.enter(ZHANG, "app")
    wecom.tell_app(ZHANG, "location", Label="Berlin")
    wecom.settle()
    heard = {each.get("Event") or each["MsgType"]: each for each in callee.app_heard}

    assert (heard["text"]["Content"], heard["text"]["MsgId"], heard["text"]["FromUserName"]) == (
        "磁盘 <满> & ]]> 了",
        name,
        ZHANG,
    )
    assert heard["voice"]["Recognition"] == "重启服务"
    assert wecom.corp.media[heard["file"]["MediaId"]].content == b"ORA"
    assert heard["image"]["PicUrl"].startswith("http")
    assert "MsgId" not in heard["enter_agent"]
    assert heard["location"]["Label"] == "Berlin"
    assert {each["AgentID"] for each in callee.app_heard} == {"1000002"}


def test_an_error_leads_to_three_deliveries_in_all(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.deliveries.patience_s = 0.5
    callee.statuses = [503, 503, 503]
    began = time.monotonic()
    wecom.write(ZHANG, "q", "app")
    wecom.settle()

    assert [each["Content"] for each in callee.app_heard] == ["q"] * 3
    assert time.monotonic() - began >= 1.0
    assert len({query["nonce"] for query in callee.queries}) == 3


def test_a_lost_reply_leads_to_another_delivery_with_the_same_bytes_on_order(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.deliveries.patience_s = 0.5
    wecom.deliveries.lose, wecom.deliveries.same_bytes = 1, True
    wecom.write(ZHANG, "q", "app")
    wecom.settle()

    assert len(callee.queries) == 2
    assert callee.queries[0] == callee.queries[1]


def test_errors_are_not_retried_where_the_newer_document_is_followed(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.deliveries.errors_retried = False
    callee.statuses = [503]
    wecom.write(ZHANG, "q", "app")
    wecom.settle()

    assert len(callee.app_heard) == 1


def test_anything_can_be_posted_by_hand(wecom: FakeWeCom, callee: Callee) -> None:
    query, body = wecom.sealed("bot", '{"any": 1}')
    taken = wecom.post("bot", query, body)
    forged = wecom.post("bot", query | {"nonce": "1"}, body)
    odd = wecom.message_bot(ZHANG, "hologram", {"x": 1})
    wecom.tell_bot(ZHANG, "odd_event", {"y": 2})
    wecom.settle()
    heard = {str(each.get("msgtype")): each for each in callee.bot_heard}

    assert (taken.status, forged.status, "None" in heard) == (200, 500, True)
    assert (heard["hologram"]["msgid"], heard["hologram"]["hologram"]) == (odd, {"x": 1})
    assert heard["event"]["event"] == {"eventtype": "odd_event", "odd_event": {"y": 2}}


def test_copies_and_the_reversed_order_come_on_order(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.deliveries.copies, wecom.deliveries.held = 2, []
    wecom.write(ZHANG, "first", "app")
    wecom.write(ZHANG, "second", "app")
    wecom.wait(lambda: len(wecom.deliveries.held or []) == 2)
    wecom.release()
    wecom.settle()

    assert sorted(each["Content"] for each in callee.app_heard) == ["first"] * 2 + ["second"] * 2


def test_forged_and_late_posts_come_on_order(wecom: FakeWeCom, callee: Callee) -> None:
    wecom.deliveries.late_s = 3600
    wecom.write(ZHANG, "old", "app")
    wecom.settle()
    wecom.deliveries.forged, wecom.deliveries.patience_s = True, 0.5
    wecom.write(ZHANG, "forged", "app")
    wecom.settle()

    assert int(callee.queries[0]["timestamp"]) < time.time() - 3000
    assert wecom.deliveries.log[-1].status == 500


def test_a_passive_reply_of_an_app_is_sealed_or_remarked_on(wecom: FakeWeCom, callee: Callee) -> None:
    callee.app_says = lambda _: b"plain words"
    name = wecom.write(ZHANG, "q", "app")
    wecom.settle()

    assert wecom.after(name) == []
    assert "no encrypted XML" in wecom.corp.remarks[0]


def test_a_click_on_an_apps_card_brings_a_code_for_its_update(wecom: FakeWeCom, callee: Callee) -> None:
    corp, base = wecom.corp, f"{wecom.server.address}/cgi-bin/"
    token = wecom.tokens.give()[0]
    body = {"touser": ZHANG, "msgtype": "template_card", "agentid": corp.agent, "template_card": CARD}
    with httpx.Client(base_url=base, trust_env=False, params={"access_token": token}) as web:
        name = web.post("message/send", json=body).json()["msgid"]
        wecom.press(name, "human", ZHANG)
        wecom.settle()
        heard = callee.app_heard[-1]
        change = {"response_code": heard["ResponseCode"], "button": {"replace_name": "已转人工"}}
        updated = web.post("message/update_template_card", json={"agentid": corp.agent} | change).json()

    assert (heard["Event"], heard["EventKey"], heard["TaskId"]) == ("template_card_event", "human", "task-1")
    assert updated["errcode"] == 0
    with pytest.raises(AssertionError, match="greyed"):
        wecom.press(name, "human", ZHANG)
