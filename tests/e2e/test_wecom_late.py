"""Answers of the AI bot that take longer than a callback's stream may be open: they follow once, by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.phrases import say
from tests.fakes.polling import until
from tests.fakes.wecom_installation import installed
from tests.fakes.wecom_model import WAIT
from tests.fakes.wecom_seats import ANSWER_S, BOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.wecom import Seen
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place, Seat


OPEN_S = 2.0
LATER = say("wecom_later", "zh")


@pytest.fixture(scope="module")
def hurried(wecom_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A Quorum whose streams are open for a moment only."""
    folder = tmp_path_factory.mktemp("hurried")
    with installed(wecom_home, folder, "callback", QUORUM_WECOM__STREAM_SECONDS=str(OPEN_S)) as found:
        yield found
        assert found.leaks() == {}


def answers(wecom: Installation, seat: Seat) -> list[Seen]:
    """Return what somebody was told of the answer, in whichever chat."""
    chats = {seat.chat, f"app/{seat.user}"}
    return [each for each in wecom.wecom.ever() if each.chat in chats and each.ours and "90 天" in each.text]


def ended(wecom: Installation, seat: Seat) -> str:
    """Ask what takes too long, and return the message's id once its stream is over; the model still waits."""
    name = seat.write(f"密码多久更换一次？{WAIT}（{seat.user}）")
    until(lambda: any(each.finished for each in seat.ours(name)), "the end of the stream", ANSWER_S)
    assert [each.text for each in wecom.wecom.replies(name)] == [LATER]
    return name


@pytest.mark.parametrize("place", BOT)
def test_an_answer_that_is_late_follows_once_into_the_same_chat(hurried: Installation, place: Place) -> None:
    seat = hurried.seat(place)
    with hurried.model.held():
        name = ended(hurried, seat)
    until(lambda: answers(hurried, seat), "the answer", ANSWER_S)
    hurried.seat("app").ask("试用期是几个月？")
    (stream, later) = hurried.wecom.replies(name)

    assert stream.text == LATER
    assert (later.via, later.chat) == ("response_url", seat.chat)
    assert "来源" in later.text
    assert [each.id for each in answers(hurried, seat)] == [later.id]


def test_an_answer_that_is_late_goes_by_the_app_where_the_response_url_is_over(hurried: Installation) -> None:
    seat = hurried.seat("bot")
    with hurried.model.held():
        ended(hurried, seat)
        hurried.wecom.corp.codes.clear()
    until(lambda: answers(hurried, seat), "the answer", ANSWER_S)
    hurried.seat("app").ask("试用期是几个月？")

    assert [each.chat for each in answers(hurried, seat)] == [f"app/{seat.user}"]
