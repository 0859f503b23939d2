"""Who may see what in WeCom, and how much one may ask: by person, department and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom_installation import CLERK, OFFICE, PAYROLL, PER_MINUTE, TWO
from tests.fakes.wecom_seats import ANSWER_S, PLACES, Seat

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place, Reply

pytestmark = pytest.mark.parametrize("wecom", TWO, indirect=True)

SALARIES = "On which day are the November salaries paid?"
HIDDEN = ("27th", "Northwind", "Payroll")
MONTHS = "试用期是几个月？"


def shows(reply: Reply) -> bool:
    """Tell whether an answer says what the payroll's collection alone knows."""
    return "the 27th" in reply.shown


def test_a_restricted_collection_is_seen_by_its_readers_alone_and_in_its_group(wecom: Installation) -> None:
    member, stranger = wecom.person(OFFICE), wecom.person()
    room = Seat(wecom.wecom, stranger, PAYROLL)
    seen = [wecom.seat("app", CLERK), wecom.seat("bot", CLERK), wecom.seat("app", member), room]
    unseen = [wecom.seat("app", stranger), wecom.seat("bot", stranger), wecom.seat("group", CLERK)]
    refused = [seat.ask(SALARIES) for seat in unseen]

    assert [shows(seat.ask(SALARIES)) for seat in seen] == [True] * 4
    assert [word for each in refused for word in HIDDEN if word in each.shown] == []


def test_a_member_whose_departments_the_app_may_not_see_is_answered_from_what_all_may_see(wecom: Installation) -> None:
    seat = wecom.seat("bot", wecom.person(OFFICE, visible=False))

    assert "三个月" in seat.ask(MONTHS).shown
    assert not shows(seat.ask(SALARIES))


@pytest.mark.parametrize("place", PLACES)
def test_who_asks_too_much_is_told_so_once_while_others_are_answered(wecom: Installation, place: Place) -> None:
    seat = wecom.seat(place)
    other = wecom.beside(seat) if place == "group" else wecom.seat(place)
    kept, wecom.wecom.corp.at_once = wecom.wecom.corp.at_once, 2 * PER_MINUTE
    try:
        for number in range(PER_MINUTE + 3):
            seat.write(f"{MONTHS}（{number}）")
    finally:
        wecom.wecom.corp.at_once = kept
    reply = other.ask(MONTHS)
    answers = PER_MINUTE + (place == "group")
    until(lambda: len(saying(seat, "三个月")) >= answers, "all that may be asked is answered", ANSWER_S)
    wecom.wecom.settle()

    assert "三个月" in reply.shown
    assert len(saying(seat, "三个月")) == answers
    assert len(saying(seat, f"您在一分钟内提出了超过 {PER_MINUTE} 个问题")) == 1


def saying(seat: Seat, words: str) -> list[str]:
    """Return what of ours stands finished in a chat and holds these words."""
    said = seat.wecom.chat(seat.chat)
    return [each.shown for each in said if each.ours and each.finished and words in each.shown]
