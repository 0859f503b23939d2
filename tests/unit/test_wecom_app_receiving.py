"""The app's callback: what is WeCom's is claimed, queued and answered empty within a second, all else is refused."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.errors import QueueUnavailableError
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ZHANG
from tests.fakes.wecom.sealing import sealed
from tests.fakes.wecom_reception import AppReception, app_reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom("http://127.0.0.1:9/nobody", patience_s=1.0) as wecom:
        yield wecom


@pytest.fixture
def app(wecom: FakeWeCom, tmp_path: Path) -> Iterator[AppReception]:
    with app_reception(tmp_path, wecom) as app:
        yield app


def text(app: AppReception, **fields: str) -> str:
    known = {"ToUserName": app.wecom.corp.id, "FromUserName": ZHANG, "MsgType": "text", "Content": "磁盘满了"}
    known |= {"MsgId": "1", "AgentID": str(app.wecom.corp.agent), "CreateTime": "1700000000"} | fields
    return f"<xml>{''.join(f'<{name}>{value}</{name}>' for name, value in known.items())}</xml>"


def post(app: AppReception, plain: str) -> int:
    return app.wecom.post("app", *app.wecom.sealed("app", plain)).status


def test_the_address_is_verified_within_a_second(app: AppReception) -> None:
    assert app.wecom.verify("app")


def test_a_question_is_queued_and_answered_with_an_empty_200_within_a_second(app: AppReception) -> None:
    name = app.wecom.write(ZHANG, "磁盘满了怎么办？", "app")

    (question,) = app.questions
    assert (question.text, question.language, question.details["mode"]) == ("磁盘满了怎么办？", "zh", "app")
    assert (question.id, question.address.conversation) == (f"wecom-app-{name}", f"app:{ZHANG}")
    (attempt,) = app.wecom.deliveries.log[-1].attempts
    assert (attempt.status, attempt.body) == (200, b"")
    assert attempt.seconds < 1


def test_three_deliveries_of_a_message_are_one_question(app: AppReception) -> None:
    app.wecom.deliveries.lose = 2

    app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert app.asked == ["磁盘满了怎么办"]
    assert app.statuses() == [0, 0, 200]


def test_deliveries_at_the_same_time_are_one_question(app: AppReception) -> None:
    app.wecom.deliveries.copies = 5

    app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert app.asked == ["磁盘满了怎么办"]


def test_the_key_is_the_message_so_the_same_words_twice_are_two_questions(app: AppReception) -> None:
    for _ in range(2):
        app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert app.asked == ["磁盘满了怎么办"] * 2


def test_a_question_is_delivered_again_while_the_queue_is_down(app: AppReception) -> None:
    down = iter([True, True, False])

    def fail() -> None:
        if next(down):
            raise QueueUnavailableError

    app.queue.before = fail
    app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert app.asked == ["磁盘满了怎么办"]
    assert app.statuses() == [503, 503, 200]


def test_a_queue_that_hangs_is_answered_with_503_in_time(app: AppReception) -> None:
    app.wecom.deliveries.patience_s = 5.0
    free = threading.Event()
    app.queue.before = free.wait
    try:
        app.wecom.write(ZHANG, "磁盘满了怎么办", "app")
        first = app.wecom.wait(lambda: next(iter(app.wecom.deliveries.log[-1].attempts), None))
    finally:
        free.set()

    assert first.status == 503
    assert first.seconds < 4


def test_what_is_forged_is_refused(app: AppReception) -> None:
    app.wecom.deliveries.forged = True

    app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert set(app.statuses()) == {403}
    assert app.questions == []


def test_what_is_old_is_refused_as_a_replay(app: AppReception) -> None:
    app.wecom.deliveries.late_s = 3_600

    app.wecom.write(ZHANG, "磁盘满了怎么办", "app")

    assert set(app.statuses()) == {403}


def test_what_is_meant_for_another_corp_or_app_is_refused(app: AppReception) -> None:
    corp = app.wecom.corp
    other = replace(corp.app_seal, receiver="ww9another")
    query, body = sealed(other, text(app), int(corp.now()), agent=corp.agent)

    assert app.wecom.post("app", query, body).status == 403
    assert post(app, text(app, ToUserName="ww9another")) == 403
    assert post(app, text(app, AgentID="7")) == 403
    assert app.questions == []


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "no xml",
        "<xml><MsgType>text</MsgType>",
        '<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        "<xml>" + "<a>" * 200 + "</a>" * 200 + "</xml>",
        "<xml><Content>&undeclared;</Content></xml>",
    ],
    ids=["nothing", "no xml", "open", "doctype", "deep", "entity"],
)
def test_what_is_malformed_inside_gets_400(app: AppReception, plain: str) -> None:
    assert post(app, plain) == 400
    assert app.questions == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"<xml></xml>", b"<!DOCTYPE xml><xml><Encrypt>AAAA</Encrypt></xml>"],
    ids=["nothing", "no utf-8", "empty", "doctype"],
)
def test_what_is_malformed_outside_gets_400(app: AppReception, body: bytes) -> None:
    query, _ = app.wecom.sealed("app", text(app))

    assert app.wecom.post("app", query, body).status == 400


def test_what_is_huge_gets_400(app: AppReception) -> None:
    query, _ = app.wecom.sealed("app", text(app))

    reply = httpx.post(str(app.wecom.deliveries.app_url), params=query, content=b"x" * 4_000_000, trust_env=False)

    assert reply.status_code == 400


def test_without_a_query_nothing_is_opened(app: AppReception) -> None:
    _, body = app.wecom.sealed("app", text(app))

    assert app.wecom.post("app", {}, body).status == 403


@pytest.mark.parametrize("kind", ["hologram", "location_of_the_heart"])
def test_unknown_messages_and_events_are_answered_with_200_and_nothing_else(app: AppReception, kind: str) -> None:
    app.wecom.tell_app(ZHANG, kind)
    app.wecom.tell_app(ZHANG, "event", Event=kind)

    app.wecom.settle()
    assert [each.status for each in app.wecom.deliveries.log] == [200, 200]
    assert app.questions == []


def test_no_secret_and_no_text_is_logged(app: AppReception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        app.wecom.write(ZHANG, "绝密的问题", "app")
        app.answer(app.questions[0], "绝密的回答 [1]。")
        post(app, "绝密的坏话")
        app.wecom.deliveries.forged = True
        app.wecom.write(ZHANG, "绝密的伪造", "app")
        app.wecom.settle()
    corp = app.wecom.corp
    said = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith(("uvicorn", "asyncio")))

    for secret in ("绝密", corp.secret, corp.token, corp.aes_key, "msg_signature", *app.wecom.tokens.issued):
        assert secret not in said
