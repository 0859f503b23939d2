"""A human is asked once, in the asker's own messenger where it has a helpdesk, else in the other."""

from __future__ import annotations

import itertools
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.errors import ConfigurationError
from bot.settings import Helpdesk, Settings
from bot.settings import Slack as SlackSettings
from bot.types import Address, Question
from tests.fakes import slack_rooms
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, OPS, ZHANG
from tests.fakes.wecom_rooms import wecom_settings
from workers.assembly import open_messengers
from workers.helpdesks import open_helpdesks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.types import Platform

DESK = "C0DESK001"
CHANNEL, MEMBER, GROUP = "slack's channel", "a member", "a group"
DESKS = [set(each) for number in range(4) for each in itertools.combinations((CHANNEL, MEMBER, GROUP), number)]
ORDER: dict[Platform, tuple[str, ...]] = {"slack": (CHANNEL, MEMBER, GROUP), "wecom": (MEMBER, GROUP, CHANNEL)}


@dataclass
class Both:
    """A Slack and a WeCom, and a Quorum that is in one of them or in both."""

    slack: FakeSlack
    wecom: FakeWeCom
    store: SqliteStore
    ledger: SqliteLedger
    leases: SqliteLeases
    home: Path
    asked: str

    def settings(self, desks: set[str], *, has_wecom: bool = True) -> Settings:
        token = self.slack.workspace.bot_token
        user, channel, robot = (name in desks for name in (MEMBER, CHANNEL, GROUP))
        return Settings(
            home=self.home,
            wecom=wecom_settings(self.wecom) if has_wecom else {"api_url": self.wecom.server.address},  # type: ignore[arg-type] # pydantic reads it
            slack=SlackSettings(bot_token=token, signing_secret="s" * 32, api_url=self.slack.api_url),
            helpdesk=Helpdesk(
                wecom_user=LI if user else "",
                slack_channel=DESK if channel else "",
                wecom_webhook=self.wecom.webhook if robot else "",  # type: ignore[arg-type] # pydantic reads it
            ),
        )

    def ask(self, platform: Platform, settings: Settings) -> None:
        """Ask for a human twice."""
        messenger = open_messengers(settings, self.store, self.ledger, self.leases)[platform]
        for _ in range(2):
            messenger.run(self.errand(platform))  # type: ignore[attr-defined] # these messengers run errands

    def errand(self, platform: Platform) -> Question:
        text = "磁盘满了 <!channel> <@all>"
        if platform == "wecom":
            address = Address("wecom", f"app:{ZHANG}", ZHANG)
            known = {"mode": "app", "question": "q-1", "asker": ZHANG}
        else:
            address = Address("slack", HELP, ALICE, self.asked, self.asked)
            known = {"question": "q-1", "asker": ALICE}
        return Question("human-q-1", text, address, "zh", 1.0, task="escalate", details=known)

    @property
    def packets(self) -> dict[str, list[str]]:
        """What each helpdesk was shown."""
        return {
            CHANNEL: [each.text for each in self.slack.channel(DESK)],
            MEMBER: [each.shown for each in self.wecom.chat(f"app/{LI}")],
            GROUP: [each.text for each in self.wecom.chat(OPS) if each.ours],
        }


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with slack_rooms.opened() as slack:
        slack.room(DESK, "helpdesk", members=(ALICE,))
        yield slack


@pytest.fixture
def both(slack: FakeSlack, tmp_path: Path) -> Iterator[Both]:
    with ExitStack() as stack:
        stack.enter_context(slack_rooms.calmed(slack, tmp_path))
        wecom = stack.enter_context(FakeWeCom())
        store, ledger, leases = (
            stack.enter_context(closing(kind(tmp_path / "q.db"))) for kind in (SqliteStore, SqliteLedger, SqliteLeases)
        )
        yield Both(slack, wecom, store, ledger, leases, tmp_path, slack.mention(HELP, ALICE, "磁盘满了"))


@pytest.mark.parametrize("platform", ORDER)
@pytest.mark.parametrize("desks", DESKS, ids=lambda desks: ", ".join(sorted(desks)) or "none")
def test_of_several_helpdesks_the_first_in_the_askers_messenger_is_chosen(
    both: Both, desks: set[str], platform: Platform
) -> None:
    names = {CHANNEL: DESK, MEMBER: LI, GROUP: "group robot"}
    found = open_helpdesks(both.settings(desks), both.store, both.leases, {"slack", "wecom"}).get(platform)

    assert (found and found.name) == next((names[each] for each in ORDER[platform] if each in desks), None)


@pytest.mark.parametrize(
    ("platform", "desk"),
    [("wecom", CHANNEL), ("wecom", MEMBER), ("wecom", GROUP), ("slack", CHANNEL), ("slack", MEMBER), ("slack", GROUP)],
)
def test_a_human_is_asked_once_where_the_helpdesk_is(both: Both, platform: Platform, desk: str) -> None:
    both.ask(platform, both.settings({desk}))

    asker = ZHANG if platform == "wecom" else ALICE
    told = [each.shown for each in both.wecom.chat(f"app/{ZHANG}") if each.ours]
    told += [each.shown for each in both.slack.replies(HELP, both.asked) if each.ours]
    (packet,) = both.packets.pop(desk)
    assert ("磁盘满了" in packet, asker in packet) == (True, True)
    assert [live for live in ("<@all>", "<!channel>", f"<@{ZHANG}>") if live in packet] == []
    assert [len(each) for name, each in both.packets.items() if name != desk] == [0, 0]
    assert len(told) == 1
    assert "已转给人工同事" in told[0]


def test_a_packet_in_wecom_leads_to_the_question_in_slack(both: Both) -> None:
    both.ask("slack", both.settings({GROUP}))

    (packet,) = both.packets[GROUP]
    assert f"slack: {ALICE} · [打开对话]({both.slack.server.address}/archives/{HELP}/p" in packet


def test_a_slack_without_wecom_may_have_a_robot_but_no_member(both: Both) -> None:
    alone = both.settings({MEMBER, GROUP}, has_wecom=False)
    both.ask("slack", alone)

    assert [len(each) for each in both.packets.values()] == [0, 0, 1]


def test_a_robots_wrong_address_ends_it_at_the_start(both: Both) -> None:
    wrong = both.settings({MEMBER}).model_copy(
        update={"helpdesk": Helpdesk(wecom_user=LI, wecom_webhook="https://evil.example/send?key=k-123")}  # type: ignore[arg-type] # pydantic reads it
    )
    with pytest.raises(ConfigurationError, match="WECOM_WEBHOOK"):
        open_messengers(wrong, both.store, both.ledger, both.leases)


def test_a_robot_needs_no_library_of_wecoms() -> None:
    code = "import adapters.wecom.helpdesk, sys; print({'cryptography', 'wechatpy', 'websockets'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert found.stdout.strip() == "set()"
