"""Questions in WeCom, from a real `quorum serve wecom`: the self-built app, and the AI bot in private and in groups."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom_installation import TWO
from tests.fakes.wecom_model import ALL, SENTENCES, WAIT
from tests.fakes.wecom_seats import PLACES

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place


VPN = "After how many hours does a VPN session end?"
LOG = "\n".join(
    [
        *(f"2026-11-20 10:{n // 60:02}:{n % 60:02} INFO worker-{n % 7} batch {n} was written" for n in range(120)),
        "ERROR ORA-01653: unable to extend table APP.ORDERS by 128 in tablespace USERS",
    ]
)
AGAIN = "What should I do about it?"
"""Says nothing of its own."""

LONG = 6_000
"""Characters of an answer that is to arrive whole."""


@pytest.mark.parametrize("place", PLACES)
def test_a_question_is_answered_with_numbered_sources_and_the_agreement(wecom: Installation, place: Place) -> None:
    reply = wecom.seat(place).ask(VPN)

    assert "12 hours" in reply.shown
    assert reply.sources[0].startswith("[1] ")
    assert "[Connecting from home](https://wiki.example/vpn.md)" in reply.sources[0]
    assert "samples agree" in reply.shown
    assert reply.buttons == (["Helpful", "Unhelpful", "Sources", "Ask human"] if place == "app" else [])


@pytest.mark.parametrize("place", PLACES)
def test_a_chinese_question_is_answered_in_chinese(wecom: Installation, place: Place) -> None:
    reply = wecom.seat(place).ask("忘记密码怎么重新设置？")

    assert "找回密码" in reply.shown
    assert "密码与账号" in reply.sources[0]
    assert "个样本中" in reply.shown
    assert "来源" in reply.shown
    assert reply.buttons == (["有帮助", "没帮助", "查看来源", "转人工"] if place == "app" else [])


def test_the_ai_bot_says_at_once_that_it_is_looking_in_the_message_that_becomes_the_answer(wecom: Installation) -> None:
    seat = wecom.seat("bot")
    with wecom.model.held():
        name = seat.write(f"密码多久更换一次？{WAIT}")
        until(lambda: any(each.shown.startswith("正在") for each in seat.ours(name)), "a word that it is looking")
    reply = seat.reply(name)

    assert "90 天" in reply.shown
    assert len(reply.parts) == 1


@pytest.mark.parametrize("place", PLACES)
def test_what_the_documents_do_not_hold_is_refused_with_the_offer_of_a_human(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    chinese, english = (seat.ask(text) for text in ("红楼梦的作者是谁？", "How do I knit a scarf?"))

    assert "文档中没有这个问题的答案" in chinese.shown
    assert "The documents do not hold the answer" in english.shown
    assert (chinese.buttons, english.buttons) == (["转人工"], ["Ask human"])
    assert chinese.sources + english.sources == []


@pytest.mark.parametrize(
    ("place", "said", "asked", "answered"),
    [
        ("bot", "The display says Paper jam in tray 2", AGAIN, "open the rear door"),
        ("group", "会议室的投影无法显示", "这个怎么办？", "HDMI"),
    ],
)
def test_a_quoted_message_says_what_a_question_is_about(
    wecom: Installation, place: Place, said: str, asked: str, answered: str
) -> None:
    seat = wecom.seat(place)
    quoted = wecom.wecom.corp.put(seat.chat, "text", said, seat.user).id
    reply = seat.ask(asked, quoted)

    assert answered in reply.shown


def test_a_mention_that_only_quotes_asks_what_it_quotes(wecom: Installation) -> None:
    seat = wecom.seat("group")
    quoted = wecom.wecom.corp.put(seat.chat, "text", "试用期是几个月？", seat.user).id
    reply = seat.ask("", quoted)

    assert "三个月" in reply.shown


@pytest.mark.parametrize("place", ["app", "bot"])
def test_a_log_that_is_sent_as_a_file_is_read_to_its_end(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    reply = seat.reply(wecom.wecom.file(seat.user, "告警 alert_orcl.log", LOG.encode(), place))

    assert "autoextend" in reply.shown
    assert "ORA-01653" in reply.sources[0]


@pytest.mark.parametrize(("wecom", "place"), [(TWO[0], "app"), (TWO[0], "group"), (TWO[1], "bot")], indirect=["wecom"])
def test_a_screenshot_is_read(wecom: Installation, place: Place) -> None:
    seat, picture = wecom.seat(place), drawn("ORA-01653: unable to extend table APP.ORDERS")
    mention = f"@{wecom.wecom.corp.bot_name} 怎么处理？"
    if place == "group":
        reply = seat.reply(wecom.wecom.mixed(seat.user, mention, picture, to=seat.to))
    else:
        reply = seat.reply(wecom.wecom.picture(seat.user, picture, place))

    assert "autoextend" in reply.shown
    assert "ORA-01653" in reply.sources[0]


def drawn(line: str) -> bytes:
    """Draw a line of text as a screenshot shows it."""
    image, drawing, fonts = (pytest.importorskip(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    pytest.importorskip("rapidocr")
    picture = image.new("RGB", (900, 90), "white")
    drawing.Draw(picture).text((20, 20), line, fill="black", font=fonts.load_default(28))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def test_the_members_of_a_group_share_what_was_said_there_and_nobody_else_does(wecom: Installation) -> None:
    first = wecom.seat("group")
    second = wecom.beside(first)
    first.ask("The display says Paper jam in tray 2")
    alone = [wecom.seat(place, second.user).ask(AGAIN) for place in PLACES]
    reply = second.ask(AGAIN)

    assert "open the rear door" in reply.shown
    assert [each for each in alone if "rear door" in each.shown] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_an_answer_of_six_thousand_characters_arrives_whole_and_in_order(wecom: Installation, place: Place) -> None:
    reply = wecom.seat(place).ask(f"请给出潮汐手册的{ALL}")
    said = "".join(each.text for each in reply.parts)
    places = [said.find(each.removesuffix("。")) for each in SENTENCES]

    assert len("".join(SENTENCES)) > LONG
    assert [each for each, at in zip(SENTENCES, places, strict=True) if at < 0] == []
    assert len(reply.parts) > 1
    assert all(len(each.text.encode()) <= (2_048 if place == "app" else 20_480) for each in reply.parts)
    assert wecom.wecom.corp.remarks == []
    assert wecom.wecom.corp.dropped == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_a_message_that_asks_nothing_is_told_how_to_ask(wecom: Installation, place: Place) -> None:
    said = wecom.seat(place).say(" ")

    assert said.shown.startswith("您想了解什么？")
    assert "如何提问" in said.shown


@pytest.mark.parametrize("place", ["app", "bot"])
@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_what_somebody_says_aloud_is_a_question(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    reply = seat.reply(wecom.wecom.voice(seat.user, "试用期是几个月？", place))

    assert "三个月" in reply.shown


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_a_message_that_arrives_three_times_is_answered_once(wecom: Installation, place: Place) -> None:
    seat, fake = wecom.seat(place), wecom.wecom
    fake.deliveries.copies = fake.gateway.copies = 3
    try:
        name = seat.write(VPN)
        seat.reply(name)
        fake.settle()
    finally:
        fake.deliveries.copies = fake.gateway.copies = 1
    seat.ask("How many days of annual leave do I have?")
    answers = [each for each in fake.chat(seat.chat) if each.ours and "12 hours" in each.shown]

    assert len(answers) == 1
