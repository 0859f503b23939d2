"""What people press in WeCom: whether an answer helped, its sources, and a human, who is asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom_installation import TWO
from tests.fakes.wecom_seats import ANSWER_S, BOT, PLACES

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place, Seat


GOOD, BAD = (f'quorum_feedback_total{{platform="wecom",value="{value}"}}' for value in ("good", "bad"))
HANDED = "已转给人工同事"


def told(wecom: Installation, seat: Seat) -> list[str]:
    """Return what the asker was told in messages of their own about a human."""
    said = [each.text for each in wecom.wecom.chat(seat.chat) if each.ours and not each.card]
    return [text for text in said if "A human colleague was asked" in text]


@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_the_app_thanks_for_a_verdict_and_counts_it_once(wecom: Installation) -> None:
    seat = wecom.seat("app")
    reply = seat.ask("试用期是几个月？")
    before = wecom.metric(GOOD), wecom.metric(BAD)
    wecom.wecom.deliveries.copies = 2
    try:
        seat.press(reply, "有帮助")
        until(lambda: "感谢您的反馈" in wecom.wecom.one(reply.card.id).shown, "thanks", ANSWER_S)
        wecom.wecom.settle()
    finally:
        wecom.wecom.deliveries.copies = 1

    assert (wecom.metric(GOOD) - before[0], wecom.metric(BAD) - before[1]) == (1, 0)
    assert list(wecom.wecom.one(reply.card.id).buttons) == ["查看来源", "转人工"]


@pytest.mark.parametrize("place", BOT)
@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_the_ai_bot_s_own_thumbs_count_once_a_person_and_can_be_taken_back(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    answer = seat.ask("试用期是几个月？").parts[0].id
    before = wecom.metric(GOOD), wecom.metric(BAD)
    for _ in range(2):
        wecom.wecom.rate(answer, 2, seat.user, "没有说转正", [2])
    until(lambda: wecom.metric(BAD) > before[1], "a verdict", ANSWER_S)
    wecom.wecom.rate(answer, 3, seat.user)
    wecom.wecom.settle()

    assert (wecom.metric(GOOD) - before[0], wecom.metric(BAD) - before[1]) == (0, 1)
    assert seat.ask("一线城市住宿标准是每晚多少元？").parts[0].chat == seat.chat


@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_the_app_shows_the_passages_behind_an_answer_when_its_button_is_pressed(wecom: Installation) -> None:
    seat = wecom.seat("app")
    reply = seat.ask("输错五次账号被锁定了怎么解锁")
    seat.press(reply, "查看来源")
    shown = until(lambda: seat.ours(reply.parts[-1].id), "the sources", ANSWER_S)

    assert "密码与账号" in shown[0].shown
    assert "> " in shown[0].shown
    assert "连续输错五次会锁定账号三十分钟" in shown[0].shown


@pytest.mark.parametrize("place", PLACES)
def test_a_button_pressed_twice_asks_a_human_once_with_all_that_a_colleague_needs(
    wecom: Installation, place: Place
) -> None:
    seat, fake = wecom.seat(place), wecom.wecom
    mark = f"{seat.user}·{seat.to}"
    reply = seat.ask(f"How do I knit a scarf, {mark}? password: Hush-Hush-77")
    fake.deliveries.copies = fake.gateway.copies = 2
    try:
        seat.press(reply, "Ask human")
        until(lambda: told(wecom, seat), "a word to the asker", ANSWER_S)
        until(lambda: "Ask human" not in fake.one(reply.card.id).buttons, "the button is gone", ANSWER_S)
        fake.settle()
    finally:
        fake.deliveries.copies = fake.gateway.copies = 1
    seat.say("转人工")
    (packet,) = wecom.packets(mark)

    assert "How do I knit a scarf" in packet.shown
    assert seat.user.lower() in packet.shown.lower()
    assert "Hush-Hush-77" not in packet.shown
    assert "A human was asked" in fake.one(reply.card.id).shown


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wecom", TWO, indirect=True)
@pytest.mark.parametrize("words", ["转人工", "/human"])
def test_who_asks_for_a_human_in_words_gets_one_once(wecom: Installation, place: Place, words: str) -> None:
    seat = wecom.seat(place)
    mark = f"{seat.user}·{seat.to}"
    before = seat.say(words)
    seat.ask(f"密码多久更换一次？（{mark}）")
    said = [seat.say(words).shown for _ in range(2)]

    assert before.shown.startswith("请先提问")
    assert [HANDED in each for each in said] == [True, True]
    assert len(wecom.packets(mark)) == 1
    assert "90 天" in wecom.packets(mark)[0].shown or "密码与账号" in wecom.packets(mark)[0].shown


@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_whoever_opens_a_chat_for_the_first_time_is_greeted(wecom: Installation) -> None:
    user = wecom.person()
    wecom.wecom.enter(user, "app")
    entered = wecom.wecom.enter(user)
    app = until(lambda: wecom.wecom.chat(f"app/{user}"), "a greeting of the app", ANSWER_S)
    bot = until(lambda: wecom.wecom.replies(entered), "a greeting of the AI bot", ANSWER_S)

    assert [each[0].shown.startswith("您好，我根据知识库里的文档回答问题") for each in (app, bot)] == [True, True]
