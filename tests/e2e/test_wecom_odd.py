"""What WeCom may send that nobody can answer, and what only pretends to be WeCom's: said plainly, or left alone."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom.crypto import Seal
from tests.fakes.wecom.sealing import sealed
from tests.fakes.wecom_installation import TWO
from tests.fakes.wecom_seats import ANSWER_S

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place

pytestmark = pytest.mark.parametrize("wecom", TWO, indirect=True)

MONTHS = "试用期是几个月？"
HUGE = 100 << 20
DEEP = 100_000
LARGE = 800_000
"""Bytes that are more than a megabyte once they are sealed."""


def ignored(wecom: Installation, reason: str) -> float:
    """Return how often something was ignored for a reason."""
    return wecom.metric(f'quorum_ignored_total{{platform="wecom",reason="{reason}"}}')


def test_unknown_messages_and_events_are_taken_counted_and_not_answered(wecom: Installation) -> None:
    fake, user = wecom.wecom, wecom.person()
    before = ignored(wecom, "unknown message"), ignored(wecom, "unknown event")
    told = [fake.message_bot(user, "hologram", {"url": "x"}), fake.tell_bot(user, "moon_event", {"phase": 3})]
    sent = [fake.tell_app(user, "hologram", Wave="x"), fake.tell_app(user, "event", Event="moon", EventKey="full")]
    fake.settle()
    until(lambda: ignored(wecom, "unknown event") == before[1] + 2, "all is counted", ANSWER_S)
    answered = wecom.seat("bot", user).ask(MONTHS)

    assert ignored(wecom, "unknown message") == before[0] + 2
    assert [(each.status, each.body) for each in sent] == [(200, b"")] * 2
    assert [fake.asked(name).lost for name in told] == [False, False]
    assert [each for name in told for each in fake.replies(name)] == []
    assert fake.chat(f"app/{user}") == []
    assert "三个月" in answered.shown


@pytest.mark.parametrize("place", ["app", "bot"])
def test_a_file_that_wecom_no_longer_keeps_is_named_and_its_asker_told_what_to_do(
    wecom: Installation, place: Place
) -> None:
    seat, fake = wecom.seat(place), wecom.wecom
    fake.deliveries.held, fake.gateway.held = [], []
    try:
        name = fake.file(seat.user, "gone-alert.log", b"ORA-01653", place)
        list(fake.corp.media.values())[-1].gone = True
    finally:
        fake.release()
    reply = seat.reply(name)

    assert "无法取得该文件" in reply.shown
    assert "autoextend" not in reply.shown


@pytest.mark.parametrize("place", ["app", "bot"])
def test_a_file_of_a_hundred_megabytes_is_not_read_and_others_are_answered_meanwhile(
    wecom: Installation, place: Place
) -> None:
    seat, other = wecom.seat(place), wecom.seat(place)
    name = wecom.wecom.file(seat.user, "huge.log", bytes(HUGE), place)
    answered = other.ask(MONTHS)
    reply = seat.reply(name)
    list(wecom.wecom.corp.media.values())[-1].content = b""

    assert "文件过大，最多读取 20 MB" in reply.shown
    assert "三个月" in answered.shown


def test_who_may_not_see_the_app_any_more_keeps_nobody_else_from_an_answer(wecom: Installation) -> None:
    seat, other = wecom.seat("app"), wecom.seat("app")
    wecom.wecom.corp.people[seat.user].visible = False
    name = seat.write(MONTHS)
    answered = other.ask(MONTHS)
    until(lambda: "81013" in wecom.logs, "a line in the log", ANSWER_S)

    assert "三个月" in answered.shown
    assert seat.ours(name) == []


def test_what_is_not_wecoms_is_refused_and_never_heard(wecom: Installation) -> None:
    fake, user = wecom.wecom, wecom.person()
    said = json.dumps({"msgtype": "text", "text": {"content": MONTHS}, "from": {"userid": user}, "chattype": "single"})
    now, corp = int(fake.corp.now()), fake.corp
    other = Seal(corp.token, corp.aes_key, "ww0another0corp1")
    message = f"<xml><ToUserName>{{}}</ToUserName><FromUserName>{user}</FromUserName><MsgType>text</MsgType></xml>"
    posted = [
        fake.post("app", *sealed(other, message.format(corp.id), now, agent=corp.agent)),
        fake.post("app", *fake.sealed("app", message.format("ww0another0corp1"))),
        fake.post("app", *fake.sealed("app", "<a>" * DEEP)),
        fake.post("app", *fake.sealed("app", "<!DOCTYPE x [<!ENTITY y 'z'>]><xml>&y;</xml>")),
        fake.post("app", {}, b"<xml/>"),
    ]
    statuses = [403, 403, 400, 400, 400]
    if wecom.way == "callback":
        posted += [
            fake.post("bot", *sealed(Seal(corp.bot_token, corp.bot_aes_key, corp.id), said, now)),
            fake.post("bot", *sealed(Seal("another", corp.bot_aes_key), said, now)),
            fake.post("bot", *fake.sealed("bot", "[" * DEEP)),
        ]
        statuses += [403, 403, 400]

    query, body = fake.sealed("app", "x" * LARGE)

    assert [each.status for each in posted] == statuses
    assert wecom.serving.web.post("/wecom/app", params=query, content=body).status_code == HTTPStatus.BAD_REQUEST
    assert [fake.chat(f"{place}/{user}") for place in ("app", "bot")] == [[], []]
    assert fake.verify("app")


def test_an_address_is_verified_with_our_own_token_alone(wecom: Installation) -> None:
    fake = wecom.wecom
    kept, fake.corp.token = fake.corp.token, "anotherToken"
    try:
        verified = fake.verify("app")
    finally:
        fake.corp.token = kept

    assert not verified
    assert wecom.way == "socket" or fake.verify("bot")
