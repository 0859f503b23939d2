"""The client of WeCom's server API: one token for all, pauses that everybody keeps, our errors, no secret logged."""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.calling.client import WecomApi
from bot.backends.sqlite import SqliteLeases, SqliteStore
from bot.errors import (
    MessengerBusyError,
    MessengerRefusedError,
    MessengerUnavailableError,
    QuorumError,
)
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ZHANG
from tests.fakes.wecom_rooms import AppRoom, app_room, wecom_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Wecom

BODY = {"touser": ZHANG, "agentid": 1000002, "msgtype": "text", "text": {"content": "磁盘已满，请清理归档日志"}}


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def room(wecom: FakeWeCom, tmp_path: Path) -> Iterator[AppRoom]:
    with app_room(tmp_path, wecom) as room:
        yield room


def ask(folder: Path, settings: Wecom, start: float) -> None:
    with closing(SqliteStore(folder / "state.db")) as store, closing(SqliteLeases(folder / "state.db")) as leases:
        api = WecomApi(settings, store, leases)
        threading.Event().wait(max(0.0, start - time.time()))
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(api.get, "user/get", userid=ZHANG) for _ in range(8)]:
                done.result()
        api.close()


def test_one_token_is_asked_for_over_threads_and_processes(room: AppRoom, tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    given = (tmp_path, wecom_settings(room.wecom), time.time() + 3.0)
    others = [spawning.Process(target=ask, args=given) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join(60)

    assert [other.exitcode for other in others] == [0, 0]
    assert len(room.calls("user/get")) == 16
    assert len(room.calls("gettoken")) == 1


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_a_token_that_is_over_is_replaced_once_by_many_callers(room: AppRoom, end: str) -> None:
    room.api.get("user/get", userid=ZHANG)
    getattr(room.wecom.tokens, end)()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: room.opened().get("user/get", userid=ZHANG)["name"], range(16)))

    assert found == ["张三"] * 16
    assert len(room.calls("gettoken")) == 2


def test_a_token_that_is_refused_again_and_again_ends_the_call(room: AppRoom) -> None:
    room.wecom.troubles.refuse("user/get", 42001, times=9)

    with pytest.raises(MessengerUnavailableError, match="no access token"):
        room.api.get("user/get", userid=ZHANG)

    assert len(room.calls("gettoken")) == 2
    assert len(room.calls("user/get")) == 2


def test_a_wrong_secret_is_refused_with_its_code(room: AppRoom) -> None:
    room.wecom.corp.secret = "another"

    with pytest.raises(MessengerRefusedError) as raised:
        room.api.get("user/get", userid=ZHANG)

    assert raised.value.code == "40001"


def test_over_the_limit_everybody_asks_at_most_five_times_in_six_seconds(room: AppRoom) -> None:
    room.api.get("user/get", userid=ZHANG)
    apis, before, until = [room.opened() for _ in range(4)], len(room.wecom.requests), time.monotonic() + 6.0
    room.wecom.troubles.refuse("*", 45009, seconds=6.0)

    def insist(api: WecomApi) -> None:
        while time.monotonic() < until:
            with pytest.raises(MessengerBusyError) as raised:
                api.post("message/send", BODY)
            threading.Event().wait(min(raised.value.delay_s, 0.2))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(insist, apis))

    assert 2 <= len(room.wecom.requests) - before <= 5


def test_after_a_pause_the_first_call_that_is_answered_ends_it(room: AppRoom) -> None:
    room.wecom.troubles.refuse("message/send", 45009)
    with pytest.raises(MessengerBusyError) as raised:
        room.api.post("message/send", BODY)
    threading.Event().wait(raised.value.delay_s)

    for _ in range(3):
        room.api.post("message/send", BODY)

    assert len(room.calls("message/send")) == 4


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (lambda each: each.refuse("message/send", -1), MessengerUnavailableError),
        (lambda each: each.reset("message/send"), MessengerUnavailableError),
        (lambda each: each.fail("message/send", status=502), MessengerUnavailableError),
        (lambda each: each.fail("message/send", status=429), MessengerBusyError),
        (lambda each: each.page("message/send"), MessengerUnavailableError),
        (lambda each: each.refuse("message/send", 60020), MessengerRefusedError),
    ],
    ids=["busy", "reset", "502", "429", "page", "60020"],
)
def test_what_goes_wrong_has_the_error_that_says_whether_to_try_again(
    room: AppRoom, trouble: object, error: type[QuorumError]
) -> None:
    assert callable(trouble)
    trouble(room.wecom.troubles)

    with pytest.raises(error) as raised:
        room.api.post("message/send", BODY)

    assert type(raised.value) is error
    assert len(room.calls("message/send")) == 1


def test_nobody_to_connect_to_means_that_nothing_was_done(room: AppRoom) -> None:
    room.api.get("user/get", userid=ZHANG)
    room.wecom.down()

    with pytest.raises(MessengerBusyError):
        room.opened().post("message/send", BODY)

    room.wecom.up()


def test_no_secret_token_or_text_is_logged_by_anybody(room: AppRoom, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        room.api.post("message/send", BODY)
        room.wecom.tokens.expire()
        room.wecom.troubles.refuse("message/send", 60020)
        with pytest.raises(MessengerRefusedError) as raised:
            room.api.post("message/send", BODY)
    ours = [each for each in caplog.records if not each.name.startswith("uvicorn")]  # the fake's own server
    said = "\n".join([each.getMessage() for each in ours] + [str(raised.value)])

    assert "message/send" in said
    for secret in (room.wecom.corp.secret, *room.wecom.tokens.issued, "磁盘", "access_token=", "corpsecret"):
        assert secret not in said


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=1", True),
        ("http://qyapi.weixin.qq.com/cgi-bin/aibot/response", False),
        ("https://qyapi.weixin.qq.com.evil.example/x", False),
        ("https://u@qyapi.weixin.qq.com/x", False),
        ("https://10.0.0.1/x", False),
        ("no address", False),
        ("http://[", False),
    ],
)
def test_a_response_url_is_used_on_wecoms_own_host_alone(room: AppRoom, url: str, *, expected: bool) -> None:
    assert room.api.is_wecoms(url) is expected
    assert room.api.is_wecoms(f"{room.wecom.server.address}/cgi-bin/aibot/response?response_code=1")
    if not expected:
        with pytest.raises(MessengerRefusedError):
            room.api.respond(url, {})
