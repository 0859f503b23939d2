"""A group's robot as the helpdesk: whole packets within its bytes and its quota, and its key nowhere."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.calling.robot import Robot
from adapters.wecom.replying.desks import RobotDesk
from bot.backends.sqlite import SqliteLeases, SqliteStore
from bot.conversation import escalation
from bot.conversation.escalation import Handovers, Packet
from bot.errors import ConfigurationError, MessengerBusyError, MessengerRefusedError, MessengerUnavailableError
from bot.settings import Helpdesk, Settings
from bot.types import Address, Question
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import OPS, ROBOT, ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEND = "webhook/send"
BYTES = 4_096
AGAIN = "可能已在上文出现"


@dataclass
class Group:
    """A group with a robot, and what our processes share."""

    wecom: FakeWeCom
    store: SqliteStore
    leases: SqliteLeases
    late_s: float = 0.0
    desks: list[RobotDesk] = field(default_factory=list)

    def robot(self, address: str = "") -> Robot:
        """Return the robot as one more process has it."""
        found = Robot(address or self.wecom.webhook, self.wecom.server.address, self.store, self.leases)
        found._quota = replace(found._quota, now=lambda: time.time() + self.late_s)
        return found

    def desk(self, address: str = "") -> RobotDesk:
        return RobotDesk(self.robot(address), self.store)

    def pass_by(self, seconds: float) -> None:
        """Let time go by, for WeCom and for us."""
        self.late_s += seconds
        self.wecom.corp.skew_s += seconds

    @property
    def said(self) -> list[str]:
        return [each.text for each in self.wecom.chat(OPS) if each.ours]

    @property
    def calls(self) -> int:
        return len([each for each in self.wecom.requests if each.path == SEND])


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    with ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom())
        store = stack.enter_context(closing(SqliteStore(tmp_path / "q.db")))
        yield Group(wecom, store, stack.enter_context(closing(SqliteLeases(tmp_path / "q.db"))))


def packet(text: str = "磁盘满了怎么办？", name: str = "q-1") -> Packet:
    question = Question(name, text, Address("wecom", f"app:{ZHANG}", ZHANG), "zh", 1.0)
    return escalation.packet(question, None)


def message(text: str) -> dict[str, object]:
    return {"msgtype": "markdown", "markdown": {"content": text}}


def test_a_packet_is_said_in_the_group_and_calls_nobody(group: Group) -> None:
    group.desk().post(packet("<@all> <@LiSi> 磁盘满了 [点这里](http://evil.example)"))

    (said,) = group.said
    assert ("磁盘满了" in said, ZHANG in said) == (True, True)
    assert [live for live in ("<@", "](http://evil") if live in said] == []
    assert group.wecom.corp.bubbles[-1].kind == "markdown"


def test_a_long_question_comes_whole_and_in_order_in_messages_that_fit(group: Group) -> None:
    text = "。".join(f"第{number}行日志说磁盘已满" for number in range(180))
    group.desk().post(packet(text))

    assert len(group.said) > 1
    assert max(len(each.encode()) for each in group.said) <= BYTES
    assert [said for number, said in enumerate(group.said, 1) if f"({number}/{len(group.said)})" not in said] == []
    together = "".join(group.said)
    places = [together.find(f"第{number}行") for number in range(180)]
    assert -1 not in places
    assert places == sorted(places)


def test_a_packet_is_said_once_however_often_it_is_posted(group: Group) -> None:
    for _ in range(3):
        group.desk().post(packet())

    assert len(group.said) == 1


def test_the_twenty_first_message_of_a_minute_waits_whichever_process_has_it(group: Group) -> None:
    first, second = group.robot(), group.robot()
    for number in range(20):
        (first, second)[number % 2].say(message(f"消息 {number}"))
    for robot in (first, second, group.robot()):
        with pytest.raises(MessengerBusyError) as caught:
            robot.say(message("第二十一条"))
        assert 0 < caught.value.delay_s <= 63
    assert (group.calls, len(group.said)) == (20, 20)
    group.pass_by(64)
    first.say(message("第二十一条"))

    assert (len(group.said), group.said[-1]) == (21, "第二十一条")


def test_a_packet_that_the_quota_interrupts_goes_on_where_it_was(group: Group) -> None:
    for number in range(19):
        group.robot().say(message(f"消息 {number}"))
    long = packet("磁盘满了。" * 480)
    with pytest.raises(MessengerBusyError):
        group.desk().post(long)
    assert len(group.said) == 20
    group.pass_by(64)
    group.desk().post(long)

    parts = group.said[19:]
    assert [part for number, part in enumerate(parts, 1) if f"({number}/{len(parts)})" not in part] == []
    assert AGAIN not in "".join(parts)


@pytest.mark.parametrize("is_stored", [True, False], ids=["said", "lost"])
def test_what_nobody_confirmed_is_said_again_and_says_so(group: Group, *, is_stored: bool) -> None:
    group.wecom.troubles.reset(SEND, stored=is_stored)
    with pytest.raises(MessengerUnavailableError):
        group.desk().post(packet())
    group.desk().post(packet())

    assert len(group.said) == (2 if is_stored else 1)
    assert AGAIN in group.said[-1]
    assert "磁盘满了" in group.said[-1]


def test_nothing_is_said_twice_where_nobody_could_be_reached_or_wecom_wanted_a_pause(group: Group) -> None:
    group.wecom.down()
    with pytest.raises(MessengerBusyError):
        group.desk().post(packet())
    group.wecom.up()
    group.wecom.troubles.refuse(SEND, 45009)
    with pytest.raises(MessengerBusyError) as caught:
        group.desk().post(packet())
    with pytest.raises(MessengerBusyError):
        group.desk().post(packet())
    assert caught.value.delay_s >= 3
    assert group.said == []
    group.store.delete(f"wecom-pause:{group.robot()._quota.owner}")
    group.desk().post(packet())

    assert len(group.said) == 1
    assert AGAIN not in group.said[0]


def test_a_robot_that_is_gone_closes_the_helpdesk_and_its_key_is_nowhere(
    group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    secret, handovers = "another-key-of-a-robot", Handovers(group.store)
    gone = group.desk(group.wecom.webhook.replace(ROBOT, secret))
    errors: list[Exception] = []
    with caplog.at_level(logging.DEBUG):
        said = escalation.hand_over(handovers, gone, "q-1", "human-q-1", packet)
        group.desk().post(packet())
        group.wecom.troubles.reset(SEND, stored=True)
        group.wecom.troubles.refuse(SEND, 45009)
        for name in ("q-2", "q-3"):
            with pytest.raises(MessengerUnavailableError) as caught:
                group.desk().post(packet(name=name))
            errors.append(caught.value)
        with pytest.raises(MessengerRefusedError) as refused:
            gone.robot.check()
        errors.append(refused.value)
    settings = Settings(helpdesk=Helpdesk(wecom_webhook=group.wecom.webhook))  # type: ignore[arg-type] # pydantic reads it

    assert said == ("escalation_closed", "human-q-1")
    logged = [f"{each.getMessage()} {each.exc_text}" for each in caplog.records if not each.name.startswith("uvicorn")]
    shown = "\n".join([*logged, repr(settings), str(settings.model_dump()), repr(gone), *map(repr, errors)])
    assert "93000" in shown
    assert [key for key in (secret, ROBOT, "key=") if key in shown] == []
    assert group.store.get("handover:q-1") is None


def test_the_robot_is_looked_at_without_a_word(group: Group) -> None:
    group.robot().check()

    assert group.said == []


@pytest.mark.parametrize(
    "address",
    [
        "hello",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-123",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=k-123",
        "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=k-123",
        "https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-123",
        "https://qyapi.weixin.qq.com:444/cgi-bin/webhook/send?key=k-123",
        "https://qyapi.weixin.qq.com/cgi-bin/message/send?key=k-123",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?token=k-123",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-123#k-123",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-123 k-123",
        "https://hooks.slack.com/services/k-123",
        "https://[k-123/cgi-bin/webhook/send?key=k-123",
    ],
)
def test_an_address_that_is_no_robots_of_wecom_is_refused_at_the_start_and_not_shown(
    group: Group, address: str
) -> None:
    with pytest.raises(ConfigurationError, match="QUORUM_HELPDESK__WECOM_WEBHOOK") as caught:
        Robot(address, "https://qyapi.weixin.qq.com", group.store, group.leases)

    assert "k-123" not in str(caught.value)
