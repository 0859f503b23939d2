"""What the processes write to standard error, at its loudest: no text, file name, token, key, secret or secret URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.wecom_installation import TWO
from tests.fakes.wecom_model import ALL
from tests.fakes.wecom_seats import ANSWER_S, PLACES

if TYPE_CHECKING:
    from tests.fakes.wecom_installation import Installation
    from tests.fakes.wecom_seats import Place


MARKS = ("zanzibar", "桑给巴尔", "quokka", "Fl4mingo")
"""Words that stand in questions, files, their names and secrets here, and nowhere else."""

SAID = "zanzibar: 桑给巴尔 password=Fl4mingo!Fl4mingo 怎么办？"


def do_everything(wecom: Installation, place: Place) -> None:
    """Ask in every way, press everything, and let WeCom be in trouble meanwhile."""
    fake, seat = wecom.wecom, wecom.seat(place)
    for method in ("message/send", "aibot/response", "media/get"):
        fake.troubles.refuse(method)
    fake.troubles.refuse("message/send", 42001)
    fake.troubles.fail("message/send")
    reply = seat.ask(SAID)
    for text in reply.buttons:
        seat.press(reply, text)
    until(
        lambda: wecom.packets(seat.user.lower()) and len(fake.after(reply.parts[-1].id)), "a human is asked", ANSWER_S
    )
    seat.say("转人工")
    seat.say("/来源")
    seat.ask(f"潮汐手册的{ALL}，以及 quokka {seat.user}")
    if place == "group":
        seat.ask("zanzibar?", quotes=reply.parts[0].id)
    else:
        seat.reply(fake.file(seat.user, "quokka-secret.log", b"ORA-01653 zanzibar\npassword=Fl4mingo!\n", place))
        fake.enter(seat.user, place)
        fake.message_bot(seat.user, "quokka", {"content": "zanzibar"})
    fake.settle()
    forge(wecom, seat.user)
    fake.cut_connections()
    fake.troubles.calm()


def forge(wecom: Installation, user: str) -> None:
    """Say something to the app with a wrong signature."""
    deliveries = wecom.wecom.deliveries
    deliveries.forged, deliveries.errors_retried = True, False
    try:
        wecom.wecom.tell_app(user, "text", Content="zanzibar")
        wecom.wecom.settle()
    finally:
        deliveries.forged, deliveries.errors_retried = False, True


@pytest.mark.parametrize("wecom", TWO, indirect=True)
def test_no_text_file_name_token_key_secret_or_secret_address_is_logged_at_any_level(wecom: Installation) -> None:
    gateway = wecom.wecom.gateway
    for place in PLACES:
        cut = gateway.live
        do_everything(wecom, place)
        # What is asked before the cut is noticed reaches nobody.
        until(lambda: cut is None or gateway.live not in (None, cut), "another connection", ANSWER_S)  # noqa: B023 - done with before it changes
        until(wecom.is_ready, "it says so", ANSWER_S)

    assert " DEBUG " in wecom.logs
    assert wecom.wecom.tokens.issued
    assert wecom.leaks(*MARKS) == {}
